import type { Child, PropsWithChildren } from 'hono/jsx'

/** A part of a page with a heading of its own. */
export function Card({
  title,
  id,
  aside,
  flush = false,
  children,
}: PropsWithChildren<{
  readonly title: string
  readonly id: string
  /** What stands beside the heading. */
  readonly aside?: Child
  /** Whether the content brings its own margins, as tables do. */
  readonly flush?: boolean
}>) {
  return (
    <section class="card" id={id} aria-labelledby={`${id}-title`}>
      <div class="card-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {aside}
      </div>
      <div class={flush ? 'card-body flush' : 'card-body'}>{children}</div>
    </section>
  )
}
