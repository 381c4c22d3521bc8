import { setImmediate } from 'node:timers/promises'
import type { Database, Statement } from 'better-sqlite3'
import { inBatches } from './in-batches.ts'

/** A package as the database keeps it, from its manifest. */
export interface PackageRecord {
  readonly id: string
  readonly tag: string
  readonly product: string | undefined
  readonly version: string | undefined
  readonly comment: string | undefined
  readonly protected: boolean
  readonly verdict: 'good' | 'failed'
  readonly receivedAtMs: number
  readonly files: readonly PackageFileRecord[]
}

/** One file of a package; `storeKey`, `size` and `sha256` only for accepted ones. */
interface PackageFileRecord {
  readonly path: string
  readonly status: string
  readonly reason: string | undefined
  readonly storeKey: string | undefined
  readonly size: number | undefined
  readonly sha256: string | undefined
  readonly keys: readonly string[]
}

/** Rows removed at once, so that the event loop never stalls. */
const REMOVE_STEP = 500

/** The packages and their files. */
export class PackageTable {
  readonly #database: Database
  readonly #insert: Statement
  readonly #insertFile: Statement
  readonly #ids: Statement<[], { id: string }>
  readonly #edit: Statement<[string, string | null, number, string]>
  readonly #refile: Statement<[string, string, number]>
  readonly #remove: Statement<[string]>
  readonly #removeFiles: Statement<[{ id: string }]>
  readonly #clear: Statement<[]>
  readonly #clearFiles: Statement<[]>

  constructor(database: Database) {
    this.#database = database
    this.#insert = database.prepare(
      'INSERT OR REPLACE INTO packages (id, tag, product, version, comment, protected, verdict, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    this.#insertFile = database.prepare(
      'INSERT OR REPLACE INTO package_files (package_id, position, path, status, reason, store_key, size, sha256, keys) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    this.#ids = database.prepare('SELECT id FROM packages')
    this.#edit = database.prepare(
      'UPDATE packages SET tag = ?, comment = ?, protected = ? WHERE id = ?',
    )
    this.#refile = database.prepare(
      'UPDATE package_files SET store_key = ? WHERE package_id = ? AND position = ?',
    )
    this.#remove = database.prepare('DELETE FROM packages WHERE id = ?')
    this.#removeFiles = database.prepare(
      `DELETE FROM package_files WHERE package_id = @id AND position IN
        (SELECT position FROM package_files WHERE package_id = @id LIMIT ${REMOVE_STEP})`,
    )
    this.#clear = database.prepare(
      `DELETE FROM packages WHERE id IN (SELECT id FROM packages LIMIT ${REMOVE_STEP})`,
    )
    this.#clearFiles = database.prepare(
      `DELETE FROM package_files WHERE (package_id, position) IN (SELECT package_id, position FROM package_files LIMIT ${REMOVE_STEP})`,
    )
  }

  /** Writes the package, the files first: a package that is listed is there with all its files. */
  async add(record: PackageRecord): Promise<void> {
    await inBatches(this.#database, record.files, (file, position) => {
      this.#insertFile.run(
        record.id,
        position,
        file.path,
        file.status,
        file.reason ?? null,
        file.storeKey ?? null,
        file.size ?? null,
        file.sha256 ?? null,
        JSON.stringify(file.keys),
      )
    })
    this.#insert.run(
      record.id,
      record.tag,
      record.product ?? null,
      record.version ?? null,
      record.comment ?? null,
      record.protected ? 1 : 0,
      record.verdict,
      record.receivedAtMs,
    )
  }

  /** The ids of all packages. */
  ids(): ReadonlySet<string> {
    return new Set(this.#ids.all().map(({ id }) => id))
  }

  /** Changes what is said of a package. */
  edit(edit: {
    readonly id: string
    readonly tag: string
    readonly comment: string | undefined
    readonly protected: boolean
  }): void {
    this.#edit.run(edit.tag, edit.comment ?? null, edit.protected ? 1 : 0, edit.id)
  }

  /** Notes that the bytes of a file lie under another key now. */
  refile(file: {
    readonly packageId: string
    readonly position: number
    readonly storeKey: string
  }): void {
    this.#refile.run(file.storeKey, file.packageId, file.position)
  }

  /** Forgets one package: first its row, so that it is not listed without files. */
  async remove(id: string): Promise<void> {
    this.#remove.run(id)
    while (this.#removeFiles.run({ id }).changes > 0) await setImmediate()
  }

  /** Forgets every package, in steps between which other work runs. */
  async clear(): Promise<void> {
    while (this.#clearFiles.run().changes > 0) await setImmediate()
    while (this.#clear.run().changes > 0) await setImmediate()
  }
}
