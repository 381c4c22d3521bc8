import type { Database, Statement } from 'better-sqlite3'
import type { Root } from './blob-table.ts'

/** How far a rebuild of the index has got in the listing of each root. */
export class ReindexProgress {
  readonly #get: Statement<[Root], { key: string }>
  readonly #set: Statement<[Root, string]>
  readonly #clear: Statement<[]>

  constructor(database: Database) {
    this.#get = database.prepare('SELECT key FROM reindex_progress WHERE root = ?')
    this.#set = database.prepare(
      'INSERT OR REPLACE INTO reindex_progress (root, key) VALUES (?, ?)',
    )
    this.#clear = database.prepare('DELETE FROM reindex_progress')
  }

  /** The last key that was looked at, or undefined. */
  get(root: Root): string | undefined {
    return this.#get.get(root)?.key
  }

  set(root: Root, key: string): void {
    this.#set.run(root, key)
  }

  clear(): void {
    this.#clear.run()
  }
}
