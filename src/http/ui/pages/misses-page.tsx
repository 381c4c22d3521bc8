import { Action } from '../components/action.tsx'
import { ConfirmedAction } from '../components/confirmed-action.tsx'
import { DataTable, type Column } from '../components/data-table.tsx'
import { Page } from '../components/page.tsx'
import { SearchedList } from '../components/searched-list.tsx'
import { Time } from '../components/time.tsx'
import type { ListPage } from './list-page.ts'

/** A miss as the API lists it. */
export interface ShownMiss {
  readonly upstream: string
  readonly path: string
  readonly checked: string
  readonly requested: string
}

/** What upstreams are remembered not to have. */
export function MissesPage({ frame, items, next, query }: ListPage<ShownMiss>) {
  const { csrf } = frame.session
  const { q } = query
  const columns: Column<ShownMiss>[] = [
    { title: 'Path', kind: 'wide', cell: ({ path }) => <code>{path}</code> },
    { title: 'Symbol server', cell: ({ upstream }) => upstream },
    { title: 'Checked', cell: ({ checked }) => <Time at={checked} /> },
    { title: 'Last asked for', cell: ({ requested }) => <Time at={requested} /> },
  ]
  if (frame.mayChange) {
    columns.push({
      title: 'Actions',
      kind: 'actions',
      cell: ({ upstream, path }) => (
        <Action to="/ui/misses/forget" csrf={csrf} fields={{ upstream, path }} look="small">
          Forget<span class="unseen"> {path}</span>
        </Action>
      ),
    })
  }
  const isFiltered = q !== undefined && q !== ''
  return (
    <Page
      frame={frame}
      title="Misses"
      lead="What symbol servers were found not to have. They are not asked for it again until its time is up."
    >
      <SearchedList
        title="Misses"
        path="/ui/misses"
        query={query}
        next={next}
        label="Search in paths"
        placeholder="kernel32.pdb"
      >
        {frame.mayChange && items.length > 0 ? (
          <div class="bar">
            <ConfirmedAction
              label={isFiltered ? 'Forget these…' : 'Forget all…'}
              question="Symbol servers will be asked for these files again, as soon as somebody wants them."
              to="/ui/misses/forget"
              csrf={csrf}
              fields={isFiltered ? { q } : {}}
            >
              {isFiltered ? `Forget all with “${q}”` : 'Forget all misses'}
            </ConfirmedAction>
          </div>
        ) : null}
        <DataTable
          caption="Remembered misses"
          columns={columns}
          rows={items}
          empty={
            isFiltered ? (
              <>
                <strong>Nothing found</strong>No remembered miss has “{q}” in its path.
              </>
            ) : (
              <>
                <strong>No misses</strong>Nothing has been asked for in vain lately.
              </>
            )
          }
        />
      </SearchedList>
    </Page>
  )
}
