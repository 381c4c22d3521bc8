/** How much time the overview shows: its hours, and how many of them one column of its pictures has. */
export interface Range {
  readonly name: 'day' | 'week' | 'month'
  readonly title: string
  readonly hours: number
  readonly hoursPerColumn: number
}

const DAY: Range = { name: 'day', title: 'Day', hours: 24, hoursPerColumn: 1 }

/** The ranges that can be chosen. */
export const RANGES: readonly Range[] = [
  DAY,
  { name: 'week', title: 'Week', hours: 168, hoursPerColumn: 6 },
  { name: 'month', title: 'Month', hours: 720, hoursPerColumn: 24 },
]

/** The range of this name; a day for any other word. */
export function rangeOf(name: string | undefined): Range {
  return RANGES.find((range) => range.name === name) ?? DAY
}
