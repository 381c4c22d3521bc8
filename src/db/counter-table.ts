import type { Database, Statement } from 'better-sqlite3'

/** Additions are gathered this long before they are written, so that counting costs no write each. */
const FLUSH_AFTER_MS = 1000

/** Totals that outlive the process, but for the last second before a kill. */
export class CounterTable {
  readonly #database: Database
  readonly #add: Statement<[string, number]>
  readonly #all: Statement<[], { name: string; value: number }>
  readonly #pending = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined

  constructor(database: Database) {
    this.#database = database
    this.#add = database.prepare(
      'INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value',
    )
    this.#all = database.prepare('SELECT name, value FROM counters ORDER BY name')
  }

  add(name: string, amount: number): void {
    this.#pending.set(name, (this.#pending.get(name) ?? 0) + amount)
    this.#timer ??= setTimeout(() => this.#flushIfPossible(), FLUSH_AFTER_MS).unref()
  }

  /** All totals, up to now, whether they can be written or not. */
  all(): readonly { readonly name: string; readonly value: number }[] {
    const totals = new Map(this.#all.all().map(({ name, value }) => [name, value]))
    for (const [name, amount] of this.#pending) totals.set(name, (totals.get(name) ?? 0) + amount)
    return [...totals].map(([name, value]) => ({ name, value }))
  }

  /** Writes what is pending. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#database.transaction(() => {
      for (const [name, amount] of this.#pending) this.#add.run(name, amount)
    })()
    this.#pending.clear()
  }

  #flushIfPossible(): void {
    try {
      this.flush()
    } catch {
      // The disk is full: nothing is lost, the next addition brings another try.
    }
  }
}
