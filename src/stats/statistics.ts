import { setImmediate } from 'node:timers/promises'
import { activityOf, type Activity } from '../db/activity.ts'
import type { ActivityTable, HourOfActivity } from '../db/activity-table.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { readActivity } from './read-activity.ts'

const HOUR_MS = 3_600_000

/** How often the counters are looked at: what a kill loses of the hourly figures. */
const SAMPLE_MS = 15_000

/** How long hours are kept: a year and its neighbour for comparison. */
const KEEP_HOURS = 2 * 366 * 24

export interface StatisticsOptions {
  readonly table: ActivityTable
  readonly metrics: Metrics
  readonly now?: () => number
}

/**
 * Keeps what the metrics count as hourly series over restarts. It looks at the counters now and then, so
 * that counting costs requests nothing.
 */
export class Statistics {
  readonly #table: ActivityTable
  readonly #metrics: Metrics
  readonly #now: () => number
  readonly #timer: NodeJS.Timeout
  #last: Activity | undefined

  constructor({ table, metrics, now = Date.now }: StatisticsOptions) {
    this.#table = table
    this.#metrics = metrics
    this.#now = now
    this.#timer = setInterval(() => void this.#sampleIfPossible(), SAMPLE_MS).unref()
  }

  /** Writes what has happened since the sample before into the hour that it is now. */
  async sample(): Promise<void> {
    const current = await readActivity(this.#metrics)
    const added = activityOf((name) => current[name] - (this.#last?.[name] ?? 0))
    if (Object.values(added).every((amount) => amount === 0)) return
    this.#table.add({ hour: this.#hour(), ...added })
    this.#last = current
  }

  /** The activity of this hour and those before it, the oldest first, with the hours in which nothing happened. */
  async hours(count: number): Promise<readonly HourOfActivity[]> {
    await this.#sampleIfPossible()
    const first = this.#hour() - count + 1
    const known = new Map(this.#table.since(first).map((hour) => [hour.hour, hour]))
    return Array.from({ length: count }, (_, index) => {
      const hour = first + index
      return known.get(hour) ?? { hour, ...activityOf(() => 0) }
    })
  }

  /** Everything that is kept, and since when, in milliseconds since 1970. */
  async totals(): Promise<{ readonly activity: Activity; readonly sinceMs: number }> {
    await this.#sampleIfPossible()
    const { activity, firstHour } = this.#table.totals()
    return { activity, sinceMs: (firstHour ?? this.#hour()) * HOUR_MS }
  }

  /** Forgets hours that are too old to be shown. */
  async sweep(): Promise<void> {
    while (this.#table.sweep(this.#hour() - KEEP_HOURS) > 0) await setImmediate()
  }

  /** Takes the last sample. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#sampleIfPossible()
  }

  #hour(): number {
    return Math.floor(this.#now() / HOUR_MS)
  }

  async #sampleIfPossible(): Promise<void> {
    try {
      await this.sample()
    } catch {
      // The disk is full: nothing is lost, the next sample brings another try.
    }
  }
}
