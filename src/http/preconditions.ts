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
  return since !== undefined && wholeSeconds(modifiedAtMs) <= Date.parse(since)
}

/** Whether a Range header still applies to what is here now (RFC 9110 §13.1.5): strong comparison only. */
export function isRangeCurrent(
  headers: IncomingHttpHeaders,
  { etag, modifiedAtMs }: Validators,
): boolean {
  const condition = headers['if-range']
  if (typeof condition !== 'string') return true
  if (condition.includes('"')) return condition.trim() === `"${etag}"`
  return Date.parse(condition) === wholeSeconds(modifiedAtMs)
}

/** HTTP dates have no fractions of a second. */
function wholeSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1000) * 1000
}
