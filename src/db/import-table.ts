import type { Database, Statement } from 'better-sqlite3'
import { inBatches } from './in-batches.ts'

/** Which files of foreign trees have been imported, so that an import that is repeated does the rest alone. */
export class ImportTable {
  readonly #database: Database
  readonly #has: Statement<[Buffer]>
  readonly #add: Statement<[Buffer, number]>

  constructor(database: Database) {
    this.#database = database
    this.#has = database.prepare('SELECT 1 FROM imported_files WHERE key = ?')
    this.#add = database.prepare(
      'INSERT OR IGNORE INTO imported_files (key, imported_at) VALUES (?, ?)',
    )
  }

  /** Whether a file with this key has been imported. */
  has(key: Buffer): boolean {
    return this.#has.get(key) !== undefined
  }

  async addAll(keys: readonly Buffer[], importedAtMs: number): Promise<void> {
    await inBatches(this.#database, keys, (key) => void this.#add.run(key, importedAtMs))
  }
}
