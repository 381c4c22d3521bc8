import { Action } from '../components/action.tsx'
import { ConfirmedAction } from '../components/confirmed-action.tsx'
import { DataTable, type Column } from '../components/data-table.tsx'
import { SearchedList } from '../components/searched-list.tsx'
import { Time } from '../components/time.tsx'
import { UpstreamFrame } from '../components/upstream-frame.tsx'
import type { ShownUpstream } from '../shown-upstream.ts'
import type { ListPage } from './list-page.ts'

/** A skip entry as the API lists it. */
export interface ShownSkip {
  readonly id: string
  readonly path: string
  readonly failed_fills: number
  readonly last_failed: string
  readonly until: string | null
  readonly cause: string
}

/** The files that one upstream is not asked for because they failed there too often. */
export function UpstreamSkipsPage({
  frame,
  upstream,
  items,
  next,
  query,
}: ListPage<ShownSkip> & { readonly upstream: ShownUpstream }) {
  const path = `/ui/upstreams/${encodeURIComponent(upstream.id)}/skiplist`
  const { csrf } = frame.session
  const { q = '' } = query
  const columns: Column<ShownSkip>[] = [
    {
      title: 'File',
      kind: 'wide',
      cell: ({ path, cause }) => (
        <>
          <code>{path}</code>
          <div class="muted">{cause}</div>
        </>
      ),
    },
    { title: 'Failed fills', kind: 'number', cell: (skip) => skip.failed_fills },
    { title: 'Last', cell: (skip) => <Time at={skip.last_failed} /> },
    { title: 'Tried again', cell: ({ until }) => <Time at={until} /> },
  ]
  if (frame.mayChange) {
    columns.push({
      title: 'Actions',
      kind: 'actions',
      cell: ({ id, path: file }) => (
        <Action to={`${path}/remove`} csrf={csrf} fields={{ entry: id }} look="small">
          Remove<span class="unseen"> {file}</span>
        </Action>
      ),
    })
  }
  return (
    <UpstreamFrame frame={frame} upstream={upstream} tab="/skiplist">
      <SearchedList
        title="Skip list"
        path={path}
        query={query}
        next={next}
        label="Search in paths and causes"
        placeholder="app.pdb"
      >
        {frame.mayChange && items.length > 0 ? (
          <div class="bar">
            <ConfirmedAction
              label={q === '' ? 'Remove all…' : 'Remove these…'}
              question="The server will be asked for these files again."
              to={`${path}/remove`}
              csrf={csrf}
              fields={q === '' ? { all: '1' } : { q }}
            >
              {q === '' ? 'Remove all entries' : `Remove all with “${q}”`}
            </ConfirmedAction>
          </div>
        ) : null}
        <DataTable
          caption="Skip list"
          columns={columns}
          rows={items}
          empty={
            <>
              <strong>Nothing is skipped</strong>Files that fail again and again show here.
            </>
          }
        />
      </SearchedList>
    </UpstreamFrame>
  )
}
