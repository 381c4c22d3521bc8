import { Badge, type Tone } from '../components/badge.tsx'
import { DataTable, type Column } from '../components/data-table.tsx'
import type { PageFrame } from '../components/page.tsx'
import { Pager } from '../components/pager.tsx'
import { SearchForm } from '../components/search-form.tsx'
import { Time } from '../components/time.tsx'
import { UpstreamFrame } from '../components/upstream-frame.tsx'
import type { ShownUpstream } from '../shown-upstream.ts'

interface Entry {
  readonly id: string
  readonly time: string
  readonly path: string
  readonly outcome: 'downloaded' | 'absent' | 'failed'
  readonly text: string
}

const TONES: Readonly<Record<Entry['outcome'], Tone>> = {
  downloaded: 'good',
  absent: 'calm',
  failed: 'bad',
}

const COLUMNS: readonly Column<Entry>[] = [
  { title: 'Time', cell: ({ time }) => <Time at={time} /> },
  { title: 'Outcome', cell: ({ outcome }) => <Badge tone={TONES[outcome]}>{outcome}</Badge> },
  { title: 'What happened', kind: 'wide', cell: ({ text }) => text },
]

/** Each attempt to get a file from one upstream, followed while it is looked at. */
export function UpstreamLogsPage({
  frame,
  upstream,
  items,
  next,
  query,
}: {
  readonly frame: PageFrame
  readonly upstream: ShownUpstream
  readonly items: readonly Entry[]
  readonly next: string | null
  readonly query: Readonly<Record<string, string>>
}) {
  const path = `/ui/upstreams/${encodeURIComponent(upstream.id)}/logs`
  return (
    <UpstreamFrame frame={frame} upstream={upstream} tab="/logs">
      <section class="card" aria-label="Log">
        <SearchForm
          to={path}
          live="results"
          label="Search in the log"
          placeholder="Download failed"
          value={query['q']}
        />
        <div id="results" data-refresh={query['cursor'] === undefined ? '3' : undefined}>
          <DataTable
            caption="Log, the newest first"
            columns={COLUMNS}
            rows={items}
            empty={
              <>
                <strong>Nothing to tell</strong>Every attempt to get a file shows here.
              </>
            }
          />
          <Pager path={path} query={query} next={next} />
        </div>
      </section>
    </UpstreamFrame>
  )
}
