const UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** A duration as people write it in settings, in the largest unit that it is whole in; `0` for none or for ever. */
export function formatDuration(milliseconds: number | undefined): string {
  if (milliseconds === undefined || milliseconds === 0 || !Number.isFinite(milliseconds)) return '0'
  const [unit, length] = UNITS.find(([, length]) => milliseconds % length === 0) ?? ['ms', 1]
  return `${milliseconds / length}${unit}`
}
