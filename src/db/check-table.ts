import type { Database, Statement } from 'better-sqlite3'

/** Where a check stands that goes through the blobs in the order of their ids. */
export class CheckTable {
  readonly #page: Statement<[number, number], { id: number }>
  readonly #get: Statement<[], { blob_id: number }>
  readonly #set: Statement<[number]>
  readonly #clear: Statement<[]>

  constructor(database: Database) {
    this.#page = database.prepare('SELECT id FROM blobs WHERE id > ? ORDER BY id LIMIT ?')
    this.#get = database.prepare('SELECT blob_id FROM check_progress')
    this.#set = database.prepare(
      "INSERT OR REPLACE INTO check_progress (name, blob_id) VALUES ('check', ?)",
    )
    this.#clear = database.prepare('DELETE FROM check_progress')
  }

  /** The ids of up to `limit` blobs behind this one, in their order. */
  idsAfter(id: number, limit: number): readonly number[] {
    return this.#page.all(id, limit).map((row) => row.id)
  }

  /** The last blob that a check which did not end has looked at; 0 where there is none. */
  get position(): number {
    return this.#get.get()?.blob_id ?? 0
  }

  /** Writes down how far a check is. */
  setPosition(id: number): void {
    this.#set.run(id)
  }

  /** Notes that the check has ended. */
  clearPosition(): void {
    this.#clear.run()
  }
}
