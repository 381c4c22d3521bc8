import { parseByteSize } from '../lib/parse-byte-size.ts'
import { parseDuration } from '../lib/parse-duration.ts'
import { leaf } from './leaf.ts'
import { parseCasing } from './parse-casing.ts'
import { parseNetwork } from '../lib/parse-network.ts'
import { parseHttpUrl } from './parse-http-url.ts'
import { parseListen } from './parse-listen.ts'
import { parseOrigin } from './parse-origin.ts'
import { serviceAccountJson } from './service-account-json.ts'

const MAX_TIMER_MS = 2 ** 31 - 1 // Node runs a longer timer at once instead

/** The kinds of values that settings have, each with the words that say what is allowed. */
export const leaves = {
  /** Bytes; 0 as written. */
  size: leaf('a size such as 512KiB or 10GiB, or 0', bytes),
  /** Milliseconds; 0 as written. */
  duration: leaf('a duration such as 30s or 12h, or 0', milliseconds),
  /** Milliseconds that a timer can wait; 0 as written. */
  timeout: leaf('a duration such as 500ms or 30s, at most 24d, or 0', (value) => {
    const parsed = milliseconds(value)
    return parsed !== undefined && parsed <= MAX_TIMER_MS ? parsed : undefined
  }),
  count: leaf('a whole number of at least 1', (value) => {
    const text = String(value)
    return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
  }),
  /** As `count`, but 0 as written for none. */
  countOrNone: leaf('a whole number, or 0', (value) => {
    const text = String(value)
    return /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined
  }),
  /** Whole, negative ones too. */
  priority: leaf('a whole number from -1000 to 1000', (value) => {
    const text = String(value)
    return /^(?:-?[1-9]\d{0,2}|0|-?1000)$/.test(text) ? Number(text) : undefined
  }),
  /** A file name with `*` for any characters and `?` for one. */
  pattern: leaf(
    'a file name, in which * stands for any characters and ? for one, of at most 300 characters',
    (value) => (typeof value === 'string' && /^\P{Cc}{1,300}$/u.test(value) ? value : undefined),
  ),
  /** YAML 1.1 and people write switches as `on` and `off` too. */
  flag: leaf('true or false', (value) => {
    if (value === true || value === 'true' || value === 'on') return true
    return value === false || value === 'false' || value === 'off' ? false : undefined
  }),
  /** A path as written, absolute or relative. */
  folder: leaf('the path of a folder', (value) =>
    typeof value === 'string' && value !== '' && !value.includes('\0') ? value : undefined,
  ),
  /** Milliseconds between two rounds of something, never 0. */
  interval: leaf('a duration from 1s to 24d', (value) => {
    const parsed = milliseconds(value)
    return parsed !== undefined && parsed >= 1000 && parsed <= MAX_TIMER_MS ? parsed : undefined
  }),
  /** A path as written, absolute or relative. */
  file: leaf('the path of a file', (value) =>
    typeof value === 'string' && value !== '' && !value.includes('\0') ? value : undefined,
  ),
  text: leaf('a text', (value) => (typeof value === 'string' && value !== '' ? value : undefined)),
  /** YAML takes a name or password of digits for a number. */
  secretText: leaf('a text without control characters', (value) => {
    const text = typeof value === 'number' ? String(value) : value
    return typeof text === 'string' && !/\p{Cc}/u.test(text) ? text : undefined
  }),
  /** At least one. */
  casing: leaf('a list of default, lower, lower_file, lower_id, upper_id', parseCasing),
  /** S3 and GCS take 3 to 222 of these, and say themselves which. */
  bucket: leaf('the name of a bucket: small letters, digits, ".", "_" and "-"', (value) =>
    typeof value === 'string' && /^[a-z0-9][a-z0-9._-]{1,221}$/.test(value) ? value : undefined,
  ),
  /** Without slashes at its ends; empty for none. */
  prefix: leaf('a path in the bucket', (value) =>
    typeof value === 'string' && !/\p{Cc}/u.test(value)
      ? value.replace(/^\/+|\/+$/g, '')
      : undefined,
  ),
  region: leaf('the name of a region, such as eu-central-1', (value) =>
    typeof value === 'string' && /^[a-z0-9-]{1,63}$/i.test(value) ? value : undefined,
  ),
  /** As text, or as the same keys in YAML. */
  serviceAccount: leaf('the JSON key of a Google service account', serviceAccountJson),
  listen: leaf('HOST:PORT, such as 127.0.0.1:8080, "[::1]:8080" or 0.0.0.0:0', (value) =>
    typeof value === 'string' ? parseListen(value) : undefined,
  ),
  network: leaf('a network such as 10.0.0.0/8 or 2001:db8::/32, or an IP address', (value) =>
    typeof value === 'string' ? parseNetwork(value) : undefined,
  ),
  /** As browsers write it (RFC 6454 §6.2). */
  origin: leaf('an origin such as https://profiler.firefox.com, or "*"', (value) =>
    typeof value === 'string' ? parseOrigin(value) : undefined,
  ),
  host: leaf('a host name or address without port, IPv6 in brackets', (value) =>
    typeof value === 'string' && /^(?:[\w.-]+|\[[\da-f:.]+\])$/i.test(value) ? value : undefined,
  ),
  httpUrl: leaf('an http or https URL without user name, query and fragment', (value) =>
    typeof value === 'string' ? parseHttpUrl(value) : undefined,
  ),
  upstreamName: leaf('small letters, digits, ".", "_" and "-", a letter or digit first', (value) =>
    typeof value === 'string' && /^[a-z0-9][a-z0-9._-]*$/.test(value) ? value : undefined,
  ),
  /** A header value in printable ASCII (RFC 9110, 5.5). */
  headerValue: leaf('printable ASCII without spaces around it', (value) =>
    typeof value === 'string' && /^[!-~](?:[ -~]*[!-~])?$/.test(value) ? value : undefined,
  ),
}

function bytes(value: unknown): number | undefined {
  return typeof value === 'string' || typeof value === 'number'
    ? parseByteSize(String(value))
    : undefined
}

function milliseconds(value: unknown): number | undefined {
  return typeof value === 'string' || typeof value === 'number'
    ? parseDuration(String(value))
    : undefined
}
