import { Card } from '../components/card.tsx'
import { Chart, type Point, type Series } from '../components/chart.tsx'
import { bytes } from '../format/bytes.ts'
import { number } from '../format/number.ts'
import type { Range } from '../range.ts'
import type { Activity, ShownStats } from '../shown-stats.ts'
import { sumActivity } from '../sum-activity.ts'

const REQUESTS: readonly Series[] = [
  { name: 'hosted', look: 'hosted' },
  { name: 'cache', look: 'cache' },
  { name: 'fetched now', look: 'upstream' },
  { name: 'nobody has it', look: 'absent' },
  { name: 'trouble', look: 'trouble' },
]

const BYTES: readonly Series[] = [
  { name: 'served', look: 'sent' },
  { name: 'fetched', look: 'fetched' },
]

/** Requests and traffic over the time that is looked at. */
export function OverviewCharts({
  hours,
  range,
}: {
  readonly hours: ShownStats['hours']
  readonly range: Range
}) {
  const columns = columnsOf(hours, range)
  return (
    <div class="grid even" id="pictures" data-refresh="60">
      <Card title="Requests" id="requests">
        <Chart
          title="Requests"
          series={REQUESTS}
          points={columns.map(({ label, activity }) => ({
            label,
            values: [
              activity.hosted,
              activity.cache,
              activity.upstream,
              activity.absent,
              activity.trouble,
            ],
          }))}
          format={number}
        />
      </Card>
      <Card title="Traffic" id="traffic">
        <Chart
          title="Traffic"
          series={BYTES}
          points={columns.map(({ label, activity }) => ({
            label,
            values: [activity.bytes_sent, activity.bytes_fetched],
          }))}
          format={bytes}
          base={1024}
        />
      </Card>
    </div>
  )
}

/** The hours, gathered into the columns of a picture. */
function columnsOf(
  hours: ShownStats['hours'],
  { hoursPerColumn }: Range,
): { label: Point['label']; activity: Activity }[] {
  const columns = []
  for (let start = 0; start < hours.length; start += hoursPerColumn) {
    const part = hours.slice(start, start + hoursPerColumn)
    columns.push({
      label: labelOf(part[0]?.hour ?? '', hoursPerColumn),
      activity: sumActivity(part),
    })
  }
  return columns
}

/** `14:00 UTC` or `11-26`. */
function labelOf(hour: string, hoursPerColumn: number): string {
  if (hoursPerColumn === 1) return `${hour.slice(11, 16)} UTC`
  const day = hour.slice(5, 10)
  return hoursPerColumn < 24 ? `${day} ${hour.slice(11, 16)}` : day
}
