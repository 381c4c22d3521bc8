import type { Database, Statement } from 'better-sqlite3'
import { activityOf, type Activity } from './activity.ts'

/** The activity of one hour, counted in hours since 1970. */
export interface HourOfActivity extends Activity {
  readonly hour: number
}

const NONE = activityOf(() => 0)
const NAMES = Object.keys(NONE)

/** Hours removed at once. */
const SWEEP_STEP = 500

/** What the server did, hour by hour. */
export class ActivityTable {
  readonly #add: Statement<[HourOfActivity]>
  readonly #since: Statement<[number], HourOfActivity>
  readonly #oldest: Statement<[], { hour: number | null }>
  readonly #total: Statement<[], Activity>
  readonly #sweep: Statement<[number]>

  constructor(database: Database) {
    const names = NAMES.join(', ')
    const values = NAMES.map((name) => `@${name}`).join(', ')
    const sums = NAMES.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')
    const totals = NAMES.map((name) => `coalesce(sum(${name}), 0) AS ${name}`).join(', ')
    this.#add = database.prepare(
      `INSERT INTO activity (hour, ${names}) VALUES (@hour, ${values}) ON CONFLICT (hour) DO UPDATE SET ${sums}`,
    )
    this.#since = database.prepare(
      `SELECT hour, ${names} FROM activity WHERE hour >= ? ORDER BY hour`,
    )
    this.#oldest = database.prepare('SELECT min(hour) AS hour FROM activity')
    this.#total = database.prepare(`SELECT ${totals} FROM activity`)
    this.#sweep = database.prepare(
      `DELETE FROM activity WHERE hour IN (SELECT hour FROM activity WHERE hour < ? LIMIT ${SWEEP_STEP})`,
    )
  }

  /** Adds to what the hour has. */
  add(amounts: HourOfActivity): void {
    this.#add.run(amounts)
  }

  /** The hours from this one on that saw anything, the oldest first. */
  since(hour: number): readonly HourOfActivity[] {
    return this.#since.all(hour)
  }

  /** The sum over all hours that are kept, and the first of them. */
  totals(): { readonly activity: Activity; readonly firstHour: number | undefined } {
    return {
      activity: this.#total.get() ?? NONE,
      firstHour: this.#oldest.get()?.hour ?? undefined,
    }
  }

  /** Forgets up to 500 hours from before this one; gives how many. */
  sweep(before: number): number {
    return this.#sweep.run(before).changes
  }
}
