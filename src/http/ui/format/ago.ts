const STEPS = [
  [60_000, 1000, 's'],
  [3_600_000, 60_000, 'min'],
  [86_400_000, 3_600_000, 'h'],
  [60 * 86_400_000, 86_400_000, 'days'],
] as const

/** A time as people say it, from now: `just now`, `5 min ago`, `in 3 days`; the date when it is far away. */
export function ago(timeMs: number, nowMs: number): string {
  const distance = Math.abs(nowMs - timeMs)
  if (distance < 10_000) return 'just now'
  const step = STEPS.find(([limit]) => distance < limit)
  if (step === undefined) return new Date(timeMs).toISOString().slice(0, 10)
  const [, size, unit] = step
  const count = Math.floor(distance / size)
  const text = `${count} ${count === 1 ? unit.replace(/s$/, '') || 's' : unit}`
  return timeMs > nowMs ? `in ${text}` : `${text} ago`
}
