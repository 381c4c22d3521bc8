import { Badge } from '../components/badge.tsx'
import { DataTable, type Column } from '../components/data-table.tsx'
import { Page } from '../components/page.tsx'
import { SearchedList } from '../components/searched-list.tsx'
import { Time } from '../components/time.tsx'
import { bytes } from '../format/bytes.ts'
import { number } from '../format/number.ts'
import { withQuery } from '../with-query.ts'
import type { ListPage } from './list-page.ts'

/** A stored file as the API lists it. */
export interface ShownSymbol {
  readonly path: string
  readonly name: string
  readonly id: string
  readonly file: string
  readonly kind: string
  readonly size: number
  readonly root: 'hosted' | 'cache'
  readonly upstream: string | null
  readonly sha256: string | null
  readonly arrived: string
  readonly hits: number
  readonly last_used: string | null
  readonly packages: readonly { readonly id: string; readonly tag: string }[]
}

const COLUMNS: readonly Column<ShownSymbol>[] = [
  {
    title: 'File',
    kind: 'wide',
    cell: ({ root, path, name, id, file }) => (
      <>
        <a href={withQuery('/ui/symbols/file', { root, path })}>{file === name ? name : file}</a>
        <div>
          <code class="muted">{id}</code>
        </div>
      </>
    ),
  },
  { title: 'Kind', cell: ({ kind }) => kind },
  {
    title: 'From',
    cell: ({ root, upstream, packages: [first] }) =>
      root === 'cache' ? (
        <Badge tone="calm">{upstream ?? 'cache'}</Badge>
      ) : first === undefined ? (
        <Badge tone="good">hosted</Badge>
      ) : (
        <a href={`/ui/packages/${encodeURIComponent(first.id)}`}>{first.tag}</a>
      ),
  },
  { title: 'Size', kind: 'number', cell: ({ size }) => bytes(size) },
  { title: 'Hits', kind: 'number', cell: ({ hits }) => number(hits) },
  { title: 'Last used', cell: (symbol) => <Time at={symbol.last_used} /> },
]

/** The stored files, found while somebody types. */
export function SymbolsPage({ frame, items, next, query }: ListPage<ShownSymbol>) {
  const { q, tag } = query
  const isFiltered = [q, tag].some((value) => value !== undefined && value !== '')
  return (
    <Page frame={frame} title="Symbols" lead="Every file that is hosted or cached here.">
      <SearchedList
        title="Stored files"
        path="/ui/symbols"
        query={query}
        next={next}
        label="Name, id or path"
        placeholder="app.pdb, 497B72F6390A44FC878E5A2D63B6CC4B1, app.pdb/497…"
        filters={
          <div class="field">
            <label for="tag">Tag of a package</label>
            <input type="text" id="tag" name="tag" value={tag} maxlength={1000} />
          </div>
        }
      >
        <DataTable
          caption="Stored files"
          columns={COLUMNS}
          rows={items}
          empty={
            isFiltered ? (
              <>
                <strong>Nothing found</strong>Neither hosted nor cached is there such a file.
              </>
            ) : (
              <>
                <strong>No files yet</strong>What is uploaded or fetched will show here.
              </>
            )
          }
        />
      </SearchedList>
    </Page>
  )
}
