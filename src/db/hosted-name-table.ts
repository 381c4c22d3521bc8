import type { Database, Statement } from 'better-sqlite3'
import { inBatches } from './in-batches.ts'

/** The file names that are or were hosted here (compared without case): never asked of public upstreams. */
export class HostedNameTable {
  readonly #database: Database
  readonly #has: Statement<[string]>
  readonly #add: Statement<[string]>

  constructor(database: Database) {
    this.#database = database
    this.#has = database.prepare('SELECT 1 FROM hosted_names WHERE name = ?')
    this.#add = database.prepare('INSERT OR IGNORE INTO hosted_names (name) VALUES (?)')
  }

  has(name: string): boolean {
    return this.#has.get(name.toLowerCase()) !== undefined
  }

  /** Adds the names that are not there yet, in transactions of bounded size. */
  async addAll(names: readonly string[]): Promise<void> {
    await inBatches(this.#database, names, (name) => this.#add.run(name.toLowerCase()))
  }
}
