import { ago } from '../format/ago.ts'

/** A time, or undefined or null for one that is not: in people's words, exact when pointed at. */
export function Time({
  at,
  none = 'never',
}: {
  readonly at: string | null | undefined
  readonly none?: string
}) {
  if (at === null || at === undefined) return <span class="muted">{none}</span>
  return (
    <time datetime={at} title={at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}>
      {ago(Date.parse(at), Date.now())}
    </time>
  )
}
