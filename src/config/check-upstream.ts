/** An upstream's settings as far as they depend on each other. */
interface Written {
  readonly type: string
  readonly credentials?: object | undefined
  readonly [key: string]: unknown
}

/** A key that is wrong, and the words for what it may be. */
interface Wrong {
  readonly path: readonly string[]
  readonly allowed: string
}

const BUCKETS = ['s3', 'gcs']
const WEB = ['http', 'debuginfod']
const NETWORK = [...WEB, ...BUCKETS]
const WITH_LAYOUTS = ['http', ...BUCKETS, 'directory']

/** Keys that some types alone have. */
const TYPES_OF: Readonly<Record<string, readonly string[]>> = {
  url: NETWORK,
  bucket: BUCKETS,
  prefix: BUCKETS,
  region: ['s3'],
  endpoint: BUCKETS,
  force_path_style: ['s3'],
  path: ['directory'],
  layout: WITH_LAYOUTS,
  casing: WITH_LAYOUTS,
  pointer_roots: ['directory'],
  credentials: NETWORK,
  proxy: NETWORK,
  ca_file: NETWORK,
  allow_private_addresses: [...WEB, 'gcs'],
  timeouts: NETWORK,
  user_agent: NETWORK,
}

const WEB_ADDRESS = 'an http or https URL without user name, query and fragment'

/** What a type cannot do without. */
const REQUIRED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  http: { url: WEB_ADDRESS },
  debuginfod: { url: WEB_ADDRESS },
  s3: { bucket: 'the name of a bucket' },
  gcs: { bucket: 'the name of a bucket' },
  directory: { path: 'the path of a folder' },
}

const WEB_CREDENTIALS = [['username', 'password'], ['token']]
const KEYS = ['access_key_id', 'secret_access_key']

/** Each form in which a type's credentials come: all its keys, or none of them. */
const CREDENTIALS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  http: WEB_CREDENTIALS,
  debuginfod: WEB_CREDENTIALS,
  s3: [KEYS],
  gcs: [KEYS, ['service_account_json'], ['service_account_file']],
}

/** Keys that may stand among the credentials, too, as in symbold's. */
const BESIDE_CREDENTIALS: Readonly<Record<string, readonly string[]>> = {
  s3: ['region', 'bucket'],
  gcs: ['bucket'],
}

/** What is wrong with settings of which each alone is right, the first first. */
export function checkUpstream(upstream: Written): readonly Wrong[] {
  const { type } = upstream
  const credentials = namesIn(upstream.credentials)
  const foreign = Object.entries(TYPES_OF)
    .filter(([key, types]) => upstream[key] !== undefined && !types.includes(type))
    .map(([key, types]) => ({
      path: [key],
      allowed: nothing(`belongs to upstreams of type ${listed(types)}`),
    }))
  const missing = Object.entries(REQUIRED[type] ?? {})
    .filter(([key]) => upstream[key] === undefined && !credentials.has(key))
    .map(([key, allowed]) => ({ path: [key], allowed }))
  return [...missing, ...foreign, ...checkTwice(upstream, credentials)].concat(
    upstream.credentials === undefined ? [] : checkCredentials(credentials, type),
  )
}

/** What can be said in two places is said in one. */
function checkTwice(upstream: Written, credentials: ReadonlySet<string>): readonly Wrong[] {
  if (!BUCKETS.includes(upstream.type)) return []
  const isTwice = upstream['url'] !== undefined && upstream['endpoint'] !== undefined
  const twice = ['region', 'bucket'].filter(
    (key) => upstream[key] !== undefined && credentials.has(key),
  )
  return [
    ...(isTwice ? [{ path: ['url'], allowed: nothing('is the same as endpoint') }] : []),
    ...twice.map((key) => ({
      path: ['credentials', key],
      allowed: nothing('is said for the upstream already'),
    })),
  ]
}

function checkCredentials(names: ReadonlySet<string>, type: string): readonly Wrong[] {
  const forms = CREDENTIALS[type]
  if (forms === undefined) return []
  const beside = BESIDE_CREDENTIALS[type] ?? []
  const given = [...names].filter((name) => !beside.includes(name))
  if (given.length === 0 && names.size > 0) return []
  const form = forms.find((keys) => keys.some((key) => names.has(key)))
  if (form === undefined)
    return [
      { path: ['credentials'], allowed: forms.map((keys) => keys.join(' and ')).join(', or ') },
    ]
  const missing = form.find((key) => !names.has(key))
  if (missing !== undefined) {
    const allowed = `a value, as ${form.join(' and ')} go together`
    return [{ path: ['credentials', missing], allowed }]
  }
  const foreign = given.find((key) => !form.includes(key))
  return foreign === undefined
    ? []
    : [{ path: ['credentials', foreign], allowed: `nothing beside ${form.join(' and ')}` }]
}

function namesIn(group: object = {}): ReadonlySet<string> {
  return new Set(
    Object.entries(group)
      .filter(([, value]) => value !== undefined)
      .map(([name]) => name),
  )
}

function nothing(reason: string): string {
  return `nothing, as this ${reason}`
}

function listed(types: readonly string[]): string {
  return types.length < 2 ? types.join('') : `${types.slice(0, -1).join(', ')} or ${types.at(-1)}`
}
