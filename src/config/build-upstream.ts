import { resolve } from 'node:path'
import type * as z from 'zod'
import { buildPointerRoots } from './build-pointer-roots.ts'
import type {
  HttpSettings,
  NetworkSettings,
  S3Settings,
  ServiceAccount,
  UpstreamSettings,
} from '../upstream/upstream-settings.ts'
import type { Casing } from '../symbols/layouts/layout.ts'
import { readServiceAccount } from './read-service-account.ts'
import type { upstreamSchema } from './upstream-schema.ts'
import { orUndefined } from './or-undefined.ts'

type Written = z.output<typeof upstreamSchema>

/** Some symbol servers answer only to what looks like a debugger. */
const USER_AGENT = 'Microsoft-Symbol-Server/10.0.0.0'

const SECOND = 1000

interface Surroundings {
  /** What holds where the upstream says nothing. */
  readonly missRetryAfterMs: number
  /** The folder that a relative path of a setting (by its place in the upstream) starts from. */
  readonly folderOf: (path: readonly (string | number)[]) => string
}

/** Turns an upstream's checked settings into the form in which it is used, with all defaults. */
export function buildUpstream(
  written: Written,
  { missRetryAfterMs, folderOf }: Surroundings,
): UpstreamSettings {
  const { name, enabled, layout = 'symstore', concurrency, attempts } = written
  const common = {
    name,
    enabled,
    public: written.public,
    layout,
    casing: written.casing ?? casingOf(written.type),
    concurrency,
    attempts,
    misses: { retryAfterMs: written.misses.retry_after ?? missRetryAfterMs },
  }
  switch (written.type) {
    case 'http': {
      const credentials = webCredentials(written)
      const network = buildNetwork(written, folderOf)
      return { ...common, ...network, type: 'http', url: written.url ?? '', credentials }
    }
    case 's3': {
      const { credentials = {} } = written
      return {
        ...common,
        ...buildNetwork(written, folderOf),
        type: 's3',
        bucket: written.bucket ?? credentials.bucket ?? '',
        prefix: written.prefix ?? '',
        region: written.region ?? credentials.region ?? 'us-east-1',
        endpoint: written.endpoint ?? written.url,
        forcePathStyle: written.force_path_style ?? false,
        credentials: keyCredentials(written),
      }
    }
    case 'gcs':
      return {
        ...common,
        ...buildNetwork(written, folderOf),
        type: 'gcs',
        bucket: written.bucket ?? written.credentials?.bucket ?? '',
        prefix: written.prefix ?? '',
        endpoint: written.endpoint ?? written.url ?? 'https://storage.googleapis.com',
        credentials: keyCredentials(written) ?? serviceAccount(written, folderOf),
      }
    case 'debuginfod': {
      const network = buildNetwork(written, folderOf)
      const credentials = webCredentials(written)
      const settings = { ...common, ...network, url: written.url ?? '', credentials }
      return { ...settings, type: 'debuginfod', layout: 'debuginfod' }
    }
    case 'directory':
      return {
        ...common,
        type: 'directory',
        path: resolve(folderOf(['path']), written.path ?? ''),
        pointerRoots: buildPointerRoots(written.pointer_roots ?? [], folderOf),
      }
  }
}

function buildNetwork(
  { timeouts = {}, proxy, ca_file: caFile, ...written }: Written,
  folderOf: Surroundings['folderOf'],
): NetworkSettings {
  return {
    timeouts: {
      connectMs: orUndefined(timeouts.connect ?? 5 * SECOND),
      firstByteMs: orUndefined(timeouts.first_byte ?? 30 * SECOND),
      idleMs: orUndefined(timeouts.idle ?? 30 * SECOND),
      totalMs: orUndefined(timeouts.total ?? 0),
    },
    userAgent: written.user_agent ?? USER_AGENT,
    proxy: proxy && { url: proxy.url, username: proxy.username, password: proxy.password },
    caFile: caFile === undefined ? undefined : resolve(folderOf(['ca_file']), caFile),
    allowPrivateAddresses: written.allow_private_addresses ?? false,
  }
}

function webCredentials({ credentials }: Written): HttpSettings['credentials'] {
  if (credentials?.token !== undefined) return { kind: 'bearer', token: credentials.token }
  const { username, password } = credentials ?? {}
  if (username === undefined || password === undefined) return undefined
  return { kind: 'basic', username, password }
}

function keyCredentials({ credentials }: Written): S3Settings['credentials'] {
  const { access_key_id: accessKeyId, secret_access_key: secretAccessKey } = credentials ?? {}
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined
  return { kind: 'keys', accessKeyId, secretAccessKey }
}

/** The key itself, or what is read from its file now. */
function serviceAccount(
  { credentials }: Written,
  folderOf: Surroundings['folderOf'],
): ServiceAccount | undefined {
  const { service_account_json: json, service_account_file: file } = credentials ?? {}
  if (json !== undefined) return { kind: 'service-account', json }
  if (file === undefined) return undefined
  const path = resolve(folderOf(['credentials', 'service_account_file']), file)
  return { kind: 'service-account', json: readServiceAccount(path) }
}

/** Buckets tell upper from lower, and stores in them are often all lower. */
function casingOf(type: Written['type']): readonly Casing[] {
  return type === 's3' || type === 'gcs' ? ['default', 'lower'] : ['default']
}
