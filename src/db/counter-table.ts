import type { Database, Statement } from 'better-sqlite3'

/** Totals that outlive the process. */
export class CounterTable {
  readonly #add: Statement<[string, number]>
  readonly #get: Statement<[string], { value: number }>

  constructor(database: Database) {
    this.#add = database.prepare(
      'INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value',
    )
    this.#get = database.prepare('SELECT value FROM counters WHERE name = ?')
  }

  add(name: string, amount: number): void {
    this.#add.run(name, amount)
  }

  /** The total so far, 0 for an unknown name. */
  get(name: string): number {
    return this.#get.get(name)?.value ?? 0
  }
}
