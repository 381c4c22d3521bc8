import { withQuery } from '../with-query.ts'

/** Links to the first and the next page of a list; nothing where it has only one. */
export function Pager({
  path,
  query,
  next,
}: {
  readonly path: string
  /** The query of this page, with its cursor. */
  readonly query: Readonly<Record<string, string>>
  readonly next: string | null
}) {
  const { cursor, ...first } = query
  if (next === null && cursor === undefined) return null
  return (
    <nav class="pager" aria-label="Pages">
      {cursor === undefined ? null : <a href={withQuery(path, first)}>First page</a>}
      {next === null ? null : (
        <a href={withQuery(path, { ...first, cursor: next })} rel="next">
          Next page
        </a>
      )}
    </nav>
  )
}
