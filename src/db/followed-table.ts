import type { Database, Statement } from 'better-sqlite3'

/** Which version of each manifest the index of a reader has been told of. */
export class FollowedTable {
  readonly #all: Statement<[], { package_id: string; version: string }>
  readonly #set: Statement<[string, string]>
  readonly #remove: Statement<[string]>
  readonly #keys: Statement<[string], { store_key: string }>

  constructor(database: Database) {
    this.#all = database.prepare('SELECT package_id, version FROM followed')
    this.#set = database.prepare(
      'INSERT OR REPLACE INTO followed (package_id, version) VALUES (?, ?)',
    )
    this.#remove = database.prepare('DELETE FROM followed WHERE package_id = ?')
    this.#keys = database.prepare(
      'SELECT DISTINCT store_key FROM package_files WHERE package_id = ? AND store_key IS NOT NULL',
    )
  }

  /** Versions by the id of the package. */
  all(): ReadonlyMap<string, string> {
    return new Map(this.#all.all().map(({ package_id: id, version }) => [id, version]))
  }

  set(packageId: string, version: string): void {
    this.#set.run(packageId, version)
  }

  remove(packageId: string): void {
    this.#remove.run(packageId)
  }

  /** The keys under which the package's files lie or lay. */
  storeKeys(packageId: string): readonly string[] {
    return this.#keys.all(packageId).map(({ store_key: key }) => key)
  }
}
