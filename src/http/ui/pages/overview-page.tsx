import { Badge } from '../components/badge.tsx'
import { Card } from '../components/card.tsx'
import { ConnectLines } from '../components/connect-lines.tsx'
import { DataTable, type Column } from '../components/data-table.tsx'
import { Page, type PageFrame } from '../components/page.tsx'
import { Segments } from '../components/segments.tsx'
import { Stat } from '../components/stat.tsx'
import { Time } from '../components/time.tsx'
import { Verdict } from '../components/verdict.tsx'
import { bytes } from '../format/bytes.ts'
import { number } from '../format/number.ts'
import { percent } from '../format/percent.ts'
import { RANGES, type Range } from '../range.ts'
import type { ShownPackage } from '../shown-package.ts'
import type { ShownStats } from '../shown-stats.ts'
import { upstreamState, type ShownUpstream } from '../shown-upstream.ts'
import { sumActivity } from '../sum-activity.ts'
import { withQuery } from '../with-query.ts'
import type { ShownMissing } from './missing-page.tsx'
import { OverviewCharts } from './overview-charts.tsx'

/** A running fill as the API lists it. */
export interface ShownFill {
  readonly path: string
  readonly state: string
  readonly upstream: string | null
  readonly bytes: number
  readonly size: number | null
}

const PACKAGES: readonly Column<ShownPackage>[] = [
  { title: 'Package', cell: ({ id, tag }) => <a href={`/ui/packages/${id}`}>{tag}</a> },
  { title: 'Verdict', cell: (item) => <Verdict of={item} /> },
  { title: 'Files', kind: 'number', cell: ({ stored }) => number(stored) },
  { title: 'Received', cell: ({ received }) => <Time at={received} /> },
]

const MISSING: readonly Column<ShownMissing>[] = [
  {
    title: 'File',
    kind: 'wide',
    cell: ({ path, name, id }) => (
      <>
        <a href={withQuery('/ui/try', { path })}>{name}</a>
        <div>
          <code class="muted">{id}</code>
        </div>
      </>
    ),
  },
  { title: 'Asked for', kind: 'number', cell: ({ count }) => `${number(count)} ×` },
  { title: 'Last', cell: ({ last }) => <Time at={last} /> },
]

const UPSTREAMS: readonly Column<ShownUpstream>[] = [
  {
    title: 'Server',
    kind: 'wide',
    cell: ({ id, name }) => <a href={`/ui/upstreams/${encodeURIComponent(id)}`}>{name}</a>,
  },
  {
    title: 'State',
    cell: (upstream) => {
      const { word, tone } = upstreamState(upstream)
      return <Badge tone={tone}>{word}</Badge>
    },
  },
]

const FILLS: readonly Column<ShownFill>[] = [
  {
    title: 'File',
    kind: 'wide',
    cell: ({ path, bytes: received, size }) => (
      <>
        <code>{path}</code>
        {size === null ? null : <progress max={size} value={received} aria-label={path} />}
      </>
    ),
  },
  { title: 'From', cell: ({ upstream, state }) => upstream ?? state },
  { title: 'Received', kind: 'number', cell: (fill) => bytes(fill.bytes) },
]

/** The page of every morning. */
export function OverviewPage({
  frame,
  range,
  stats,
  packages,
  missing,
  upstreams,
  fills,
  address,
}: {
  readonly frame: PageFrame
  readonly range: Range
  readonly stats: ShownStats
  readonly packages: readonly ShownPackage[]
  readonly missing: readonly ShownMissing[]
  readonly upstreams: readonly ShownUpstream[]
  readonly fills: readonly ShownFill[]
  /** What clients call this server. */
  readonly address: string
}) {
  const all = sumActivity(stats.hours)
  const answered = all.requests === 0 ? null : (all.hosted + all.cache) / all.requests
  const { hosted, cache } = stats.stored
  return (
    <Page
      frame={frame}
      title="Overview"
      actions={
        <Segments
          label="Time shown"
          options={RANGES.map(({ name, title }) => ({
            title,
            to: `/ui/?range=${name}`,
            isCurrent: name === range.name,
          }))}
        />
      }
    >
      <dl class="stats" id="figures" data-refresh="10">
        <Stat title="Hit rate" value={percent(answered)} note="answered without asking anybody" />
        <Stat
          title="Requests"
          value={number(all.requests)}
          note={`${number(all.absent)} in vain`}
        />
        <Stat title="Served" value={bytes(all.bytes_sent)} />
        <Stat
          title="Fetched"
          value={bytes(all.bytes_fetched)}
          note={all.fetches_failed > 0 ? `${number(all.fetches_failed)} failed` : 'no failures'}
        />
        <Stat title="Hosted" value={bytes(hosted.bytes)} note={`${number(hosted.files)} files`} />
        <Stat title="Cache" value={bytes(cache.bytes)} note={`${number(cache.files)} files`} />
      </dl>
      <OverviewCharts hours={stats.hours} range={range} />
      <div class="grid">
        <div class="stack" id="news" data-refresh="10">
          {fills.length === 0 ? null : (
            <Card title={`Running fills: ${fills.length}`} id="fills" flush>
              <DataTable
                caption="Running fills"
                columns={FILLS}
                rows={fills.slice(0, 8)}
                empty=""
              />
            </Card>
          )}
          <Card
            title="Symbol servers"
            id="servers"
            aside={<a href="/ui/upstreams">All servers</a>}
            flush
          >
            <DataTable
              caption="Symbol servers"
              columns={UPSTREAMS}
              rows={[...upstreams].sort(worstFirst).slice(0, 6)}
              empty={
                <>
                  <strong>No symbol servers</strong>Only what is uploaded can be found.
                </>
              }
            />
          </Card>
          <Card
            title="Newest packages"
            id="packages"
            aside={<a href="/ui/packages">All packages</a>}
            flush
          >
            <DataTable
              caption="Newest packages"
              columns={PACKAGES}
              rows={packages}
              empty={
                <>
                  <strong>No packages yet</strong>The first upload will show here.
                </>
              }
            />
          </Card>
        </div>
        <div class="stack">
          <div id="newest-missing" data-refresh="10">
            <Card
              title="Newest missing"
              id="missing"
              aside={<a href="/ui/missing">All missing</a>}
              flush
            >
              <DataTable
                caption="Newest missing files"
                columns={MISSING}
                rows={missing}
                empty={
                  <>
                    <strong>Nothing is missing</strong>Everything that was asked for was found.
                  </>
                }
              />
            </Card>
          </div>
          <ConnectLines address={address} />
        </div>
      </div>
    </Page>
  )
}

/** Those that need somebody first, then by priority. */
function worstFirst(a: ShownUpstream, b: ShownUpstream): number {
  const rank = (upstream: ShownUpstream): number =>
    ['bad', 'warn', 'good', 'calm'].indexOf(upstreamState(upstream).tone)
  return rank(a) - rank(b) || b.priority - a.priority
}
