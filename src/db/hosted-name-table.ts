import type { Database, Statement } from 'better-sqlite3'

/** The file names that are or were hosted here (compared without case): never asked of public upstreams. */
export class HostedNameTable {
  readonly #has: Statement<[string]>
  readonly #add: Statement<[string]>

  constructor(database: Database) {
    this.#has = database.prepare('SELECT 1 FROM hosted_names WHERE name = ?')
    this.#add = database.prepare('INSERT OR IGNORE INTO hosted_names (name) VALUES (?)')
  }

  has(name: string): boolean {
    return this.#has.get(name.toLowerCase()) !== undefined
  }

  add(name: string): void {
    this.#add.run(name.toLowerCase())
  }
}
