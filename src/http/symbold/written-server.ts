import { AppError } from '../../lib/app-error.ts'
import type { WrittenUpstream } from '../../upstream/written-upstream.ts'
import type { ServerBody } from './server-body.ts'

/** What of a server's record has no meaning here, and why. */
const IGNORED: Readonly<Record<string, string>> = {
  retryTimeout: 'the time between two tries follows from how often it was tried',
  timeout: 'its unit is not documented; set timeouts through /api/v1/upstreams',
  retain: 'fetched files are kept as cache.max_age and cache.max_size say',
}

/** What a record comes to in our own words. */
interface WrittenServer {
  /** Without what the record says nothing of. */
  readonly written: WrittenUpstream
  /** Fields that were sent and have no effect, with the reason. */
  readonly ignored: Readonly<Record<string, string>>
}

/** Reads a symbol server's record; what is absent in it stays as it is. */
export function writtenServer(body: ServerBody): WrittenServer {
  const { url, numberOfConcurrentDownload: concurrency, retryLimit } = body
  const credentials = body.ignoreCredentials === true ? undefined : body.serverCredentials
  const aws = credentials?.awsConnection
  const allowlist = body.whitelist ?? body.whiteList
  const written = {
    ...(aws ? bucketOf(url, aws) : url && { url }),
    ...(typeof concurrency === 'number' && { concurrency }),
    // After as many failures symbold puts a name on the skip list.
    ...(typeof retryLimit === 'number' && { skip: { after_failed_fills: retryLimit } }),
    ...(typeof allowlist === 'boolean' && { allowlist_enabled: allowlist }),
    ...(credentials && { credentials: credentialsOf(credentials) }),
    ...(body.proxy?.host && { proxy: proxyOf(body.proxy) }),
  }
  return { written, ignored: ignoredOf(body) }
}

type Credentials = NonNullable<ServerBody['serverCredentials']>

/** An S3 access key and its secret come under the names of a user and his password. */
function credentialsOf({ userName, password, awsConnection }: Credentials): object {
  return awsConnection
    ? { access_key_id: userName ?? undefined, secret_access_key: password ?? undefined }
    : { username: userName ?? '', password: password ?? '' }
}

function bucketOf(
  url: string | null | undefined,
  { bucketName, lowerFile, lowerId }: NonNullable<Credentials['awsConnection']>,
): WrittenUpstream {
  const casing = lowerFile ? (lowerId ? 'lower' : 'lower_file') : lowerId ? 'lower_id' : 'default'
  const bucket = bucketName ? { bucket: bucketName } : {}
  return { type: 's3', ...bucket, casing: [casing], ...(url && endpointOf(url, bucketName ?? '')) }
}

/** Amazon's hosts name the region; another address is a service like S3, the bucket first in its paths. */
function endpointOf(url: string, bucket: string): WrittenUpstream {
  const parsed = URL.parse(url)
  if (parsed === null) throw new AppError('request_invalid', `url is ${JSON.stringify(url)}`)
  const { origin, hostname, pathname } = parsed
  const path = pathname.replace(/^\/+/, '')
  const prefix = path === bucket || path.startsWith(`${bucket}/`) ? path.slice(bucket.length) : path
  const [amazon, region] = /(?:^|\.)s3[.-]?([a-z0-9-]*)\.amazonaws\.com$/i.exec(hostname) ?? []
  if (amazon !== undefined) return { prefix, ...(region && { region }) }
  return { prefix, endpoint: origin, force_path_style: true }
}

function proxyOf({ host, port, username, password }: NonNullable<ServerBody['proxy']>): object {
  const address = /^https?:\/\//i.test(String(host)) ? String(host) : `http://${host}`
  return {
    url: port ? `${address}:${port}` : address,
    ...(username && { username, password: password ?? '' }),
  }
}

function ignoredOf(body: ServerBody): Record<string, string> {
  const usePdb = body.serverCredentials?.awsConnection?.usePdb
  const reasons = Object.entries(body).flatMap(([field, value]) => {
    const isKnown = KNOWN.has(field) || value === null
    return isKnown ? [] : [[field, IGNORED[field] ?? 'there is no such field'] as const]
  })
  if (typeof usePdb === 'boolean')
    reasons.push(['usePdb', 'every file is looked for under the name that was asked for'])
  return Object.fromEntries(reasons)
}

const KNOWN: ReadonlySet<string> = new Set([
  'url',
  'name',
  'force',
  'numberOfConcurrentDownload',
  'retryLimit',
  'whitelist',
  'whiteList',
  'serverCredentials',
  'proxy',
  'ignoreCredentials',
])
