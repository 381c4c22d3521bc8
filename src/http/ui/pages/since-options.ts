/** Times since which something happened, as a filter of lists offers them. */
export const SINCE_OPTIONS = [
  ['', 'any time'],
  ['24h', 'the last day'],
  ['7d', 'the last week'],
  ['30d', 'the last month'],
] as const
