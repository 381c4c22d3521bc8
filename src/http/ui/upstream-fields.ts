/** Kinds of upstreams that can be added here; folders are set up in the configuration file alone. */
export type UpstreamType = 'http' | 's3' | 'gcs' | 'debuginfod'

/** One setting of an upstream, as the form asks for it; its name is the API's, with dots between levels. */
export interface UpstreamField {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly kind?: 'secret' | 'flag' | 'long'
  readonly options?: readonly (readonly [string, string])[]
  /** Only for upstreams of these types; for all where it does not say. */
  readonly types?: readonly UpstreamType[]
  readonly isRequired?: boolean
}

/** Settings that belong together. */
export interface UpstreamFieldGroup {
  readonly title: string
  readonly hint?: string
  readonly fields: readonly UpstreamField[]
}

const BUCKETS: readonly UpstreamType[] = ['s3', 'gcs']
const SERVERS: readonly UpstreamType[] = ['http', 'debuginfod']

/** Every setting that the form has. */
export const UPSTREAM_FIELDS: readonly UpstreamFieldGroup[] = [
  {
    title: 'Connection',
    fields: [
      { name: 'url', label: 'Address', types: SERVERS, isRequired: true },
      { name: 'bucket', label: 'Bucket', types: BUCKETS, isRequired: true },
      { name: 'prefix', label: 'Prefix of keys', types: BUCKETS },
      { name: 'region', label: 'Region', types: ['s3'] },
      {
        name: 'endpoint',
        label: 'Endpoint',
        hint: 'for others than AWS and Google',
        types: BUCKETS,
      },
      { name: 'force_path_style', label: 'Path-style addresses', kind: 'flag', types: ['s3'] },
      {
        name: 'layout',
        label: 'Layout',
        types: ['http', 's3', 'gcs'],
        options: [
          ['', 'default'],
          ['symstore', 'SymStore'],
          ['symstore_index2', 'SymStore, two tiers'],
          ['ssqp', 'SSQP'],
          ['breakpad', 'Breakpad'],
          ['native', 'native'],
        ],
      },
      { name: 'user_agent', label: 'User agent' },
      {
        name: 'allow_private_addresses',
        label: 'May redirect to private addresses',
        kind: 'flag',
        types: SERVERS,
      },
    ],
  },
  {
    title: 'Credentials',
    hint: 'Write-only: what is stored is never shown. Leave all of them empty to keep what is stored.',
    fields: [
      { name: 'credentials.username', label: 'User name', types: SERVERS },
      { name: 'credentials.password', label: 'Password', kind: 'secret', types: SERVERS },
      { name: 'credentials.token', label: 'or bearer token', kind: 'secret', types: SERVERS },
      { name: 'credentials.access_key_id', label: 'Access key id', types: BUCKETS },
      {
        name: 'credentials.secret_access_key',
        label: 'Secret access key',
        kind: 'secret',
        types: BUCKETS,
      },
      {
        name: 'credentials.service_account_json',
        label: 'or service account (JSON)',
        kind: 'secret',
        types: ['gcs'],
      },
    ],
  },
  {
    title: 'Proxy',
    fields: [
      { name: 'proxy.url', label: 'Address of the proxy' },
      { name: 'proxy.username', label: 'Proxy user name' },
      { name: 'proxy.password', label: 'Proxy password', kind: 'secret' },
    ],
  },
  {
    title: 'What it is asked for',
    fields: [
      { name: 'priority', label: 'Priority', hint: 'higher ones first, equal ones at once' },
      {
        name: 'public',
        label: 'Public: never asked for names that are hosted here',
        kind: 'flag',
      },
      { name: 'allowlist_enabled', label: 'Only for names on its allow list', kind: 'flag' },
      { name: 'require_checksum', label: 'Only with a checksum (NuGet)', kind: 'flag' },
    ],
  },
  {
    title: 'Limits and times',
    hint: 'Durations as 30s, 12h or 7d; 0 for none. Empty: the default.',
    fields: [
      { name: 'concurrency', label: 'Requests at once' },
      { name: 'attempts', label: 'Tries in one fill' },
      { name: 'timeouts.connect', label: 'To connect' },
      { name: 'timeouts.first_byte', label: 'To the first byte' },
      { name: 'timeouts.idle', label: 'Between bytes' },
      { name: 'timeouts.total', label: 'For the whole file' },
      { name: 'misses.retry_after', label: 'Asks again for a miss after' },
      { name: 'skip.after_failed_fills', label: 'Skips a file after failed fills' },
      { name: 'skip.forget_after', label: 'and tries it again after' },
      { name: 'breaker.failures', label: 'Pauses after failures' },
      { name: 'breaker.window', label: 'within' },
      { name: 'breaker.pause', label: 'for' },
    ],
  },
]
