import { Badge, type Tone } from '../components/badge.tsx'
import { DataTable, type Column } from '../components/data-table.tsx'
import { SearchedList } from '../components/searched-list.tsx'
import { Time } from '../components/time.tsx'
import { UpstreamFrame } from '../components/upstream-frame.tsx'
import type { ShownUpstream } from '../shown-upstream.ts'
import type { ListPage } from './list-page.ts'

/** What became of a file that was asked for, as the API lists it. */
export interface ShownAttempt {
  readonly id: string
  readonly time: string
  readonly path: string
  readonly outcome: 'downloaded' | 'absent' | 'failed'
  readonly text: string
}

const TONES: Readonly<Record<ShownAttempt['outcome'], Tone>> = {
  downloaded: 'good',
  absent: 'calm',
  failed: 'bad',
}

const COLUMNS: readonly Column<ShownAttempt>[] = [
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
}: ListPage<ShownAttempt> & { readonly upstream: ShownUpstream }) {
  const path = `/ui/upstreams/${encodeURIComponent(upstream.id)}/logs`
  return (
    <UpstreamFrame frame={frame} upstream={upstream} tab="/logs">
      <SearchedList
        title="Log"
        path={path}
        query={query}
        next={next}
        label="Search in the log"
        placeholder="Download failed"
        refresh={query['cursor'] === undefined ? '3' : undefined}
      >
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
      </SearchedList>
    </UpstreamFrame>
  )
}
