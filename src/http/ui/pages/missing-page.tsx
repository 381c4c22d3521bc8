import { Badge } from '../components/badge.tsx'
import { Choice } from '../components/choice.tsx'
import { DataTable, type Column } from '../components/data-table.tsx'
import { Page } from '../components/page.tsx'
import { SearchedList } from '../components/searched-list.tsx'
import { Time } from '../components/time.tsx'
import { number } from '../format/number.ts'
import { withQuery } from '../with-query.ts'
import type { ListPage } from './list-page.ts'
import { SINCE_OPTIONS } from './since-options.ts'

/** A missing file as the API lists it. */
export interface ShownMissing {
  readonly path: string
  readonly name: string
  readonly id: string
  readonly file: string
  readonly count: number
  readonly first: string
  readonly last: string
  readonly reason: string
  readonly user_agents: readonly string[]
  readonly found: string | null
  readonly upload: string | null
  readonly upstream: string | null
}

const FOUND = [
  ['', 'all'],
  ['0', 'still missing'],
  ['1', 'found meanwhile'],
] as const

const COLUMNS: readonly Column<ShownMissing>[] = [
  {
    title: 'File',
    kind: 'wide',
    cell: ({ name, id, user_agents: agents }) => (
      <>
        {name}
        <div>
          <code class="muted">{id}</code>
        </div>
        {agents.length === 0 ? null : <div class="muted">{agents.join(', ')}</div>}
      </>
    ),
  },
  {
    title: 'State',
    cell: ({ found, upload, upstream, reason }) =>
      found === null ? (
        <Badge tone={reason === 'trouble' || reason === 'mismatch' ? 'bad' : 'calm'}>
          {reason}
        </Badge>
      ) : (
        <>
          <Badge tone="good">found</Badge>{' '}
          {upload === null ? (
            upstream
          ) : (
            <a href={`/ui/packages/${encodeURIComponent(upload)}`}>package</a>
          )}
        </>
      ),
  },
  { title: 'Asked for', kind: 'number', cell: ({ count }) => `${number(count)} ×` },
  { title: 'First', cell: ({ first }) => <Time at={first} /> },
  { title: 'Last', cell: ({ last }) => <Time at={last} /> },
  {
    title: 'Actions',
    kind: 'actions',
    cell: ({ path }) => (
      <a class="button small" href={withQuery('/ui/try', { path })}>
        Explain<span class="unseen"> {path}</span>
      </a>
    ),
  },
]

/** What was asked for and nobody had. */
export function MissingPage({ frame, items, next, query }: ListPage<ShownMissing>) {
  const { q, since, found } = query
  const isFiltered = [q, since, found].some((value) => value !== undefined && value !== '')
  return (
    <Page
      frame={frame}
      title="Missing"
      lead="What was asked for and nobody had: the symbols that somebody should upload."
      actions={
        <a class="button" href={withQuery('/ui/missing.csv', { q, since, found })} download>
          Download CSV
        </a>
      }
    >
      <SearchedList
        title="Missing files"
        path="/ui/missing"
        query={query}
        next={next}
        label="Search in paths"
        placeholder="app.pdb"
        filters={
          <>
            <Choice id="since" label="Asked for in" options={SINCE_OPTIONS} value={since} />
            <Choice id="found" label="State" options={FOUND} value={found} />
          </>
        }
      >
        <DataTable
          caption="Missing files, the last asked for first"
          columns={COLUMNS}
          rows={items}
          empty={
            isFiltered ? (
              <>
                <strong>Nothing found</strong>No missing file is like that.
              </>
            ) : (
              <>
                <strong>Nothing is missing</strong>Everything that was asked for was found.
              </>
            )
          }
        />
      </SearchedList>
    </Page>
  )
}
