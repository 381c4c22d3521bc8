import type { IncomingHttpHeaders } from 'node:http'

/** Validators of what would be sent. */
export interface Validators {
  /** Strong entity tag without quotes. */
  readonly etag: string
  readonly modifiedAtMs: number
}

/** Whether the client's copy is still good: 304 (RFC 9110 §13.1.2, §13.1.3; the former hides the latter). */
export function isNotModified(
  headers: IncomingHttpHeaders,
  { etag, modifiedAtMs }: Validators,
): boolean {
  const noneMatch = headers['if-none-match']
  if (noneMatch !== undefined) {
    return noneMatch.split(',').some((item) => {
      const tag = item.trim().replace(/^W\//, '')
      return tag === '*' || tag === `"${etag}"`
    })
  }
  const since = headers['if-modified-since']
  return since !== undefined && wholeSeconds(modifiedAtMs) <= httpDate(since)
}

/** Whether a Range header still applies to what is here now (RFC 9110 §13.1.5): strong comparison only. */
export function isRangeCurrent(
  headers: IncomingHttpHeaders,
  { etag, modifiedAtMs }: Validators,
): boolean {
  const condition = headers['if-range']
  if (typeof condition !== 'string') return true
  if (condition.includes('"')) return condition.trim() === `"${etag}"`
  return httpDate(condition) === wholeSeconds(modifiedAtMs)
}

/** HTTP dates have no fractions of a second. */
function wholeSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1000) * 1000
}

/** The three forms of RFC 9110 §5.6.7: today's, RFC 850's and asctime's. */
const HTTP_DATE =
  /^(?:\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT|\w{6,9}, \d{2}-\w{3}-\d{2} \d{2}:\d{2}:\d{2} GMT|\w{3} \w{3} [ \d]\d \d{2}:\d{2}:\d{2} \d{4})$/

/** The time of an HTTP date; NaN for anything else, which is to be ignored. */
function httpDate(text: string): number {
  const date = text.trim()
  if (!HTTP_DATE.test(date)) return Number.NaN
  return Date.parse(date.endsWith('GMT') ? date : `${date} GMT`)
}
