import { Badge } from '../components/badge.tsx'
import { DataTable, type Column } from '../components/data-table.tsx'
import { Page, type PageFrame } from '../components/page.tsx'
import { placeOf } from '../components/upstream-frame.tsx'
import { upstreamState, type ShownUpstream } from '../shown-upstream.ts'

const COLUMNS: readonly Column<ShownUpstream>[] = [
  {
    title: 'Server',
    kind: 'wide',
    cell: (upstream) => (
      <>
        <a href={`/ui/upstreams/${encodeURIComponent(upstream.id)}`}>{upstream.name}</a>
        <div class="muted">{placeOf(upstream)}</div>
      </>
    ),
  },
  {
    title: 'State',
    cell: (upstream) => {
      const { word, tone } = upstreamState(upstream)
      return <Badge tone={tone}>{word}</Badge>
    },
  },
  { title: 'Type', cell: ({ type }) => type },
  { title: 'Priority', kind: 'number', cell: ({ priority }) => priority },
  {
    title: 'Asked for',
    cell: ({ allowlist_enabled: isListed, public: isPublic, kinds }) => {
      const names = isListed ? 'names on its list' : isPublic ? 'names not hosted here' : 'all'
      return Array.isArray(kinds) && kinds.length > 0 ? `${kinds.join(', ')}: ${names}` : names
    },
  },
  {
    title: 'Set up in',
    cell: ({ origin }) => ({ file: 'configuration', preset: 'preset', api: 'here' })[origin],
  },
]

/** All upstreams. */
export function UpstreamsPage({
  frame,
  upstreams,
}: {
  readonly frame: PageFrame
  readonly upstreams: readonly ShownUpstream[]
}) {
  return (
    <Page
      frame={frame}
      title="Symbol servers"
      lead="Who is asked for what is not here; those of a higher priority first."
      actions={
        frame.mayChange ? (
          <a class="button primary" href="/ui/upstreams/new">
            Add a server
          </a>
        ) : undefined
      }
    >
      <section class="card" id="upstreams" data-refresh="15" aria-label="Symbol servers">
        <DataTable
          caption="Symbol servers"
          columns={COLUMNS}
          rows={[...upstreams].sort((a, b) => b.priority - a.priority)}
          empty={
            <>
              <strong>No symbol servers</strong>Only what is uploaded can be found.
            </>
          }
        />
      </section>
    </Page>
  )
}
