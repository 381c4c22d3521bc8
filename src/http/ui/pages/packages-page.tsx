import { Badge } from '../components/badge.tsx'
import { Card } from '../components/card.tsx'
import { Choice } from '../components/choice.tsx'
import { DataTable, type Column } from '../components/data-table.tsx'
import { Page } from '../components/page.tsx'
import { SearchedList } from '../components/searched-list.tsx'
import { Time } from '../components/time.tsx'
import { UploadForm } from '../components/upload-form.tsx'
import { Verdict } from '../components/verdict.tsx'
import { bytes } from '../format/bytes.ts'
import { number } from '../format/number.ts'
import type { ShownPackage } from '../shown-package.ts'
import type { ListPage } from './list-page.ts'
import { SINCE_OPTIONS } from './since-options.ts'

const VERDICTS = [
  ['', 'any'],
  ['good', 'good'],
  ['failed', 'failed'],
  ['processing', 'processing'],
] as const

const COLUMNS: readonly Column<ShownPackage>[] = [
  {
    title: 'Package',
    kind: 'wide',
    cell: ({ id, tag, product, version, comment, protected: isProtected }) => (
      <>
        <a href={`/ui/packages/${encodeURIComponent(id)}`}>{tag}</a>{' '}
        {isProtected ? <Badge tone="calm">protected</Badge> : null}
        <div class="muted">{[product, version, comment].filter(Boolean).join(' · ') || id}</div>
      </>
    ),
  },
  { title: 'Verdict', cell: (item) => <Verdict of={item} /> },
  { title: 'Stored', kind: 'number', cell: ({ stored }) => number(stored) },
  { title: 'Duplicates', kind: 'number', cell: ({ duplicates }) => number(duplicates) },
  {
    title: 'Rejected',
    kind: 'number',
    cell: ({ rejected }) =>
      rejected === 0 ? '0' : <span class="bad-text">{number(rejected)}</span>,
  },
  { title: 'Size', kind: 'number', cell: ({ size }) => bytes(size) },
  { title: 'Received', cell: ({ received }) => <Time at={received} /> },
]

/** The history of packages, and a place to drop new ones. */
export function PackagesPage({ frame, items, next, query }: ListPage<ShownPackage>) {
  const { q, tag, verdict, since, until } = query
  const isFiltered = [q, tag, verdict, since, until].some(
    (value) => value !== undefined && value !== '',
  )
  return (
    <Page
      frame={frame}
      title="Packages"
      lead="Every upload with its verdict: what was stored, what was here before, what was refused and why."
    >
      {frame.mayChange ? (
        <Card title="Upload" id="upload">
          <UploadForm csrf={frame.session.csrf} />
        </Card>
      ) : null}
      <SearchedList
        title="History"
        path="/ui/packages"
        query={query}
        next={next}
        label="Search"
        placeholder="tag, product, version, comment"
        refresh="15"
        filters={
          <>
            <div class="field">
              <label for="tag">Tag</label>
              <input type="text" id="tag" name="tag" value={tag} maxlength={1000} />
            </div>
            <Choice id="verdict" label="Verdict" options={VERDICTS} value={verdict} />
            <Choice id="since" label="Received" options={SINCE_OPTIONS} value={since} />
          </>
        }
      >
        <DataTable
          caption="Packages, the newest first"
          columns={COLUMNS}
          rows={items}
          empty={
            isFiltered ? (
              <>
                <strong>Nothing found</strong>No package is like that.
              </>
            ) : (
              <>
                <strong>No packages yet</strong>Drop an archive above, or let a build agent send
                one.
              </>
            )
          }
        />
      </SearchedList>
    </Page>
  )
}
