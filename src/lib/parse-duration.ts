const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/**
 * Milliseconds of a duration as people write it: a whole number and one unit of ms, s, m, h, d or w
 * (`500ms`, `12h`), or `0`. Undefined for anything else, and beyond what a number holds exactly.
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  const match = /^(\d{1,16})(ms|s|m|h|d|w)$/.exec(text)
  if (match === null) return undefined
  const [, digits = '', unit = ''] = match
  const milliseconds = Number(digits) * (MILLISECONDS[unit] ?? Number.NaN)
  return Number.isSafeInteger(milliseconds) ? milliseconds : undefined
}
