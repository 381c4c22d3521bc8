import type { Database, Statement } from 'better-sqlite3'

/**
 * Facts about the database that must outlive the process; there or not. `in-use` is there while a process has
 * the folder, and when the last one was cut off; `cache-unknown` from then on until the cache has been looked
 * through, however many processes that takes.
 */
export type Mark =
  | 'reindex-unfinished'
  | 'in-use'
  | 'cache-unknown'
  | 'reindex-cleared'
  | 'reindex-replayed'

/** The marks that are set. */
export class MarkTable {
  readonly #has: Statement<[string]>
  readonly #set: Statement<[string]>
  readonly #clear: Statement<[string]>

  constructor(database: Database) {
    this.#has = database.prepare('SELECT 1 FROM marks WHERE name = ?')
    this.#set = database.prepare('INSERT OR IGNORE INTO marks (name) VALUES (?)')
    this.#clear = database.prepare('DELETE FROM marks WHERE name = ?')
  }

  has(mark: Mark): boolean {
    return this.#has.get(mark) !== undefined
  }

  set(mark: Mark): void {
    this.#set.run(mark)
  }

  clear(mark: Mark): void {
    this.#clear.run(mark)
  }
}
