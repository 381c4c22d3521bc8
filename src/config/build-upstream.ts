import { resolve } from 'node:path'
import type * as z from 'zod'
import type {
  HttpSettings,
  NetworkSettings,
  UpstreamSettings,
} from '../upstream/upstream-settings.ts'
import type { upstreamSchema } from './upstream-schema.ts'

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
    casing: written.casing ?? ['default' as const],
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
        pointerRoots: (written.pointer_roots ?? []).map(({ path, prefix = path }, index) => ({
          prefix,
          path: resolve(folderOf(['pointer_roots', index, 'path']), path),
        })),
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

/** 0 is how settings write "no timeout". */
function orUndefined(timeout: number): number | undefined {
  return timeout === 0 ? undefined : timeout
}
