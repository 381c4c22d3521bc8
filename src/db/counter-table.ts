import type { Database, Statement } from 'better-sqlite3'

/** Additions are gathered this long before they are written, so that counting costs no write each. */
const FLUSH_AFTER_MS = 1000

/** A total, and when it was begun. */
export interface CounterTotal {
  readonly value: number
  readonly sinceMs: number
}

/** Totals that outlive the process, but for the last second before a kill. */
export class CounterTable {
  readonly #database: Database
  readonly #now: () => number
  readonly #add: Statement<[string, number, number]>
  readonly #all: Statement<[], { name: string; value: number; since: number }>
  readonly #remove: Statement<[string]>
  readonly #pending = new Map<string, CounterTotal>()
  #timer: NodeJS.Timeout | undefined

  constructor(database: Database, now: () => number = Date.now) {
    this.#database = database
    this.#now = now
    this.#add = database.prepare(
      'INSERT INTO counters (name, value, since) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value',
    )
    this.#all = database.prepare('SELECT name, value, since FROM counters ORDER BY name')
    this.#remove = database.prepare('DELETE FROM counters WHERE name = ?')
  }

  add(name: string, amount: number): void {
    const { value, sinceMs } = this.#pending.get(name) ?? { value: 0, sinceMs: this.#now() }
    this.#pending.set(name, { value: value + amount, sinceMs })
    this.#timer ??= setTimeout(() => this.#flushIfPossible(), FLUSH_AFTER_MS).unref()
  }

  /** All totals, up to now, whether they can be written or not. */
  all(): readonly { readonly name: string; readonly value: number }[] {
    return [...this.#totals()].map(([name, { value }]) => ({ name, value }))
  }

  /** The totals of these names; without those that were never added to. */
  get(names: readonly string[]): readonly (CounterTotal & { readonly name: string })[] {
    const totals = this.#totals()
    return names.flatMap((name) => {
      const total = totals.get(name)
      return total === undefined ? [] : [{ name, ...total }]
    })
  }

  /** Begins these totals anew. */
  remove(names: readonly string[]): void {
    for (const name of names) {
      this.#pending.delete(name)
      this.#remove.run(name)
    }
  }

  /** Writes what is pending. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#database.transaction(() => {
      for (const [name, { value, sinceMs }] of this.#pending) this.#add.run(name, value, sinceMs)
    })()
    this.#pending.clear()
  }

  #totals(): ReadonlyMap<string, CounterTotal> {
    const totals = new Map<string, CounterTotal>(
      this.#all.all().map(({ name, value, since: sinceMs }) => [name, { value, sinceMs }]),
    )
    for (const [name, { value, sinceMs }] of this.#pending) {
      const before = totals.get(name)
      totals.set(name, before ? { ...before, value: before.value + value } : { value, sinceMs })
    }
    return totals
  }

  #flushIfPossible(): void {
    try {
      this.flush()
    } catch {
      // The disk is full: nothing is lost, the next addition brings another try.
    }
  }
}
