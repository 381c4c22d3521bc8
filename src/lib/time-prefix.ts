const DIGITS = 9
/** Some time in the year 5188. */
const LAST_MS = 36 ** DIGITS - 1

/** The beginning of an id that sorts by its time, in milliseconds since 1970; times out of its range are its ends. */
export function timePrefix(timeMs: number): string {
  const inRange = Math.min(Math.max(Math.trunc(timeMs), 0), LAST_MS)
  return inRange.toString(36).padStart(DIGITS, '0')
}
