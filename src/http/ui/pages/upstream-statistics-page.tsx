import { Card } from '../components/card.tsx'
import type { PageFrame } from '../components/page.tsx'
import { Stat } from '../components/stat.tsx'
import { Time } from '../components/time.tsx'
import { UpstreamFrame } from '../components/upstream-frame.tsx'
import { bytes } from '../format/bytes.ts'
import { number } from '../format/number.ts'
import { percent } from '../format/percent.ts'
import type { ShownUpstream } from '../shown-upstream.ts'

/** What came of asking one upstream, as the API tells it. */
export interface UpstreamStatistics {
  readonly bytes: number
  readonly succeeded: number
  readonly failed: number
  readonly failed_by_stage: Readonly<Record<string, number>>
  readonly absent: number
  readonly since: string
}

/** Statistics and usage of one upstream. */
export function UpstreamStatisticsPage({
  frame,
  upstream,
  statistics,
}: {
  readonly frame: PageFrame
  readonly upstream: ShownUpstream
  readonly statistics: UpstreamStatistics
}) {
  const { succeeded, failed, absent } = statistics
  const all = succeeded + failed + absent
  return (
    <UpstreamFrame frame={frame} upstream={upstream} tab="">
      <div id="statistics" data-refresh="10" class="stack">
        <dl class="stats">
          <Stat
            title="Fetched"
            value={bytes(statistics.bytes)}
            note={`${number(succeeded)} files`}
          />
          <Stat title="Did not have" value={number(absent)} />
          <Stat title="Failed" value={number(failed)} />
          <Stat
            title="Had the file"
            value={percent(all === 0 ? null : succeeded / all)}
            note={`of ${number(all)} questions`}
          />
        </dl>
        <Card title="Failures by stage" id="stages">
          <dl class="facts">
            {Object.entries(statistics.failed_by_stage).map(([stage, count]) => (
              <>
                <dt>{stage}</dt>
                <dd>
                  {number(count)}{' '}
                  <progress max={Math.max(failed, 1)} value={count} aria-label={stage} />
                </dd>
              </>
            ))}
          </dl>
          <p class="muted">
            Since <Time at={statistics.since} />.
          </p>
        </Card>
      </div>
    </UpstreamFrame>
  )
}
