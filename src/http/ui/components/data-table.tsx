import type { Child } from 'hono/jsx'

/** One column: its heading, and what stands in it. */
export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => Child
  readonly kind?: 'number' | 'wide' | 'actions'
}

/**
 * A table that becomes a list of cards on narrow screens, or what to say when it has no rows. The roles are
 * written out because `display: block` takes them from tables.
 */
export function DataTable<Row>({
  caption,
  columns,
  rows,
  empty,
}: {
  /** For screen readers. */
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly empty: Child
}) {
  if (rows.length === 0) return <div class="empty">{empty}</div>
  return (
    <table class="table" role="table">
      <caption class="unseen">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ title, kind }) => (
            <th role="columnheader" scope="col" class={kind}>
              {kind === 'actions' ? <span class="unseen">{title}</span> : title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr role="row">
            {columns.map(({ title, cell, kind }) => (
              <td role="cell" data-label={title} class={kind}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
