import type { Child } from 'hono/jsx'

/** One figure with what it means, for a `dl` of them. */
export function Stat({
  title,
  value,
  note,
}: {
  readonly title: string
  readonly value: Child
  readonly note?: Child
}) {
  return (
    <div class="stat">
      <dt>{title}</dt>
      <dd>{value}</dd>
      {note === undefined ? null : <dd class="note">{note}</dd>}
    </div>
  )
}
