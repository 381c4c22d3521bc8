/** Longer waits are no help to anybody; a breaker knows when to ask again. */
const MAX_MS = 24 * 3_600_000

/** Milliseconds of a Retry-After header: seconds, or a date (RFC 9110 §10.2.3); undefined for anything else. */
export function parseRetryAfter(
  header: string | string[] | undefined,
  now: number = Date.now(),
): number | undefined {
  if (typeof header !== 'string') return undefined
  if (/^\d{1,9}$/.test(header)) return Math.min(Number(header) * 1000, MAX_MS)
  const date = header.endsWith('GMT') ? Date.parse(header) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - now), MAX_MS)
}
