/** An upstream's settings as far as they depend on each other. */
interface Written {
  readonly type: string
  readonly [key: string]: unknown
}

/** A key that is wrong, and the words for what it may be. */
interface Wrong {
  readonly path: readonly string[]
  readonly allowed: string
}

const WITH_LAYOUTS = ['http', 'directory']
const OVER_THE_NETWORK = ['http', 'debuginfod']

/** Keys that some types alone have. */
const TYPES_OF: Readonly<Record<string, readonly string[]>> = {
  url: OVER_THE_NETWORK,
  path: ['directory'],
  layout: WITH_LAYOUTS,
  casing: WITH_LAYOUTS,
  pointer_roots: ['directory'],
  credentials: OVER_THE_NETWORK,
  proxy: OVER_THE_NETWORK,
  ca_file: OVER_THE_NETWORK,
  allow_private_addresses: OVER_THE_NETWORK,
  timeouts: OVER_THE_NETWORK,
  user_agent: OVER_THE_NETWORK,
}

const WEB_ADDRESS = 'an http or https URL without user name, query and fragment'

/** What a type cannot do without. */
const REQUIRED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  http: { url: WEB_ADDRESS },
  debuginfod: { url: WEB_ADDRESS },
  directory: { path: 'the path of a folder' },
}

const WEB_CREDENTIALS = [['username', 'password'], ['token']]

/** Each form in which credentials come: all its keys, or none of them. */
const CREDENTIALS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  http: WEB_CREDENTIALS,
  debuginfod: WEB_CREDENTIALS,
}

/** What is wrong with settings of which each alone is right. */
export function checkUpstream(upstream: Written): readonly Wrong[] {
  const { type } = upstream
  const foreign = Object.entries(TYPES_OF)
    .filter(([key, types]) => upstream[key] !== undefined && !types.includes(type))
    .map(([key, types]) => ({
      path: [key],
      allowed: `nothing, as this belongs to upstreams of type ${types.join(' or ')}`,
    }))
  const missing = Object.entries(REQUIRED[type] ?? {})
    .filter(([key]) => upstream[key] === undefined)
    .map(([key, allowed]) => ({ path: [key], allowed }))
  const { credentials } = upstream
  const isGroup = typeof credentials === 'object' && credentials !== null
  return [
    ...missing,
    ...foreign,
    ...(isGroup ? checkCredentials(new Set(keysOf(credentials)), type) : []),
  ]
}

function checkCredentials(given: ReadonlySet<string>, type: string): readonly Wrong[] {
  const forms = CREDENTIALS[type] ?? []
  const form = forms.find((keys) => keys.some((key) => given.has(key)))
  if (form === undefined) {
    const allowed = forms.map((keys) => keys.join(' and ')).join(', or ')
    return given.size > 0 || forms.length > 0 ? [{ path: ['credentials'], allowed }] : []
  }
  const missing = form.find((key) => !given.has(key))
  if (missing !== undefined)
    return [
      { path: ['credentials', missing], allowed: `a value, as ${form.join(' and ')} go together` },
    ]
  const foreign = [...given].find((key) => !form.includes(key))
  return foreign === undefined
    ? []
    : [{ path: ['credentials', foreign], allowed: `nothing beside ${form.join(' and ')}` }]
}

function keysOf(group: object): string[] {
  return Object.entries(group)
    .filter(([, value]) => value !== undefined)
    .map(([key]) => key)
}
