import { setImmediate } from 'node:timers/promises'
import type { Database, Statement } from 'better-sqlite3'
import { inBatches } from './in-batches.ts'
import type { PackageFileRecord, PackageRecord } from './package-record.ts'

/** Rows removed at once, so that the event loop never stalls. */
const REMOVE_STEP = 500

/** Rows kept of a package that was refused as a whole: enough to tell what was wrong. */
const MAX_REFUSED_FILES = 1000

/** Writes the packages and their files; `PackageHistory` reads them. */
export class PackageTable {
  readonly #database: Database
  readonly #insert: Statement
  readonly #insertFile: Statement
  readonly #has: Statement<[string]>
  readonly #ids: Statement<[], { id: string }>
  readonly #edit: Statement<[string, string | null, number, string]>
  readonly #refile: Statement<[string, string, number]>
  readonly #unfinished: Statement<[], { id: string }>
  readonly #fail: Statement<[string, string, number, string]>
  readonly #oldRefused: Statement<[number, number, number], { id: string }>
  readonly #removeRefused: Statement<[string]>
  readonly #remove: Statement<[string]>
  readonly #removeFiles: Statement<[{ id: string }]>
  readonly #clear: Statement<[]>
  readonly #clearFiles: Statement<[]>

  constructor(database: Database) {
    this.#database = database
    this.#insert = database.prepare(
      `INSERT OR REPLACE INTO packages
        (id, tag, product, version, comment, build, protected, verdict, published, token_id, sent_bytes, size, stored,
         duplicates, conflicts, skipped, rejected, alerts, error_code, error_message, received_at, finished_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#insertFile = database.prepare(
      `INSERT OR REPLACE INTO package_files
        (package_id, position, path, status, reason, alert, store_key, size, sha256, keys)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#has = database.prepare('SELECT 1 FROM packages WHERE id = ?')
    this.#ids = database.prepare('SELECT id FROM packages WHERE published = 1')
    this.#unfinished = database.prepare("SELECT id FROM packages WHERE verdict = 'processing'")
    this.#fail = database.prepare(
      "UPDATE packages SET verdict = 'failed', error_code = ?, error_message = ?, finished_at = ? WHERE id = ?",
    )
    this.#oldRefused = database.prepare(
      `SELECT id FROM packages WHERE published = 0 AND verdict = 'failed'
         AND (received_at < ? OR id <= (SELECT id FROM packages WHERE published = 0 ORDER BY id DESC LIMIT 1 OFFSET ?))
       ORDER BY id LIMIT ?`,
    )
    this.#removeRefused = database.prepare(
      "DELETE FROM packages WHERE id = ? AND published = 0 AND verdict <> 'processing'",
    )
    this.#remove = database.prepare('DELETE FROM packages WHERE id = ?')
    this.#removeFiles = database.prepare(
      `DELETE FROM package_files WHERE package_id = @id AND position IN
        (SELECT position FROM package_files WHERE package_id = @id LIMIT ${REMOVE_STEP})`,
    )
    this.#edit = database.prepare(
      'UPDATE packages SET tag = ?, comment = ?, protected = ? WHERE id = ?',
    )
    this.#refile = database.prepare(
      'UPDATE package_files SET store_key = ? WHERE package_id = ? AND position = ?',
    )
    this.#clear = database.prepare(
      `DELETE FROM packages WHERE id IN (SELECT id FROM packages WHERE published = 1 LIMIT ${REMOVE_STEP})`,
    )
    this.#clearFiles = database.prepare(
      `DELETE FROM package_files WHERE (package_id, position) IN
        (SELECT f.package_id, f.position FROM package_files f
         WHERE NOT EXISTS (SELECT 1 FROM packages p WHERE p.id = f.package_id AND p.published = 0)
         LIMIT ${REMOVE_STEP})`,
    )
  }

  /**
   * Writes the package, the files first: a package that is listed is there with all its files. Of one that
   * was refused as a whole the first 1000 rows are kept, rejected files before others.
   */
  async add(record: PackageRecord): Promise<void> {
    await inBatches(this.#database, rowsOf(record), (file, position) => {
      this.#insertFile.run(
        record.id,
        position,
        file.path,
        file.status,
        file.reason ?? null,
        file.alert ?? null,
        file.storeKey ?? null,
        file.size ?? null,
        file.sha256 ?? null,
        JSON.stringify(file.keys),
      )
    })
    const count = (status: string): number =>
      record.files.filter((file) => file.status === status).length
    this.#insert.run(
      record.id,
      record.tag,
      record.product ?? null,
      record.version ?? null,
      record.comment ?? null,
      record.build ?? null,
      record.protected ? 1 : 0,
      record.verdict,
      record.isPublished ? 1 : 0,
      record.tokenId ?? null,
      record.sentBytes ?? null,
      record.files.reduce((sum, { size }) => sum + (size ?? 0), 0),
      count('stored'),
      count('duplicate'),
      count('conflict'),
      count('skipped'),
      count('rejected'),
      record.files.filter(({ alert }) => alert !== undefined).length,
      record.error?.code ?? null,
      record.error?.message ?? null,
      record.receivedAtMs,
      record.finishedAtMs ?? null,
    )
  }

  /** Whether there is such a package, whatever became of it. */
  has(id: string): boolean {
    return this.#has.get(id) !== undefined
  }

  /** The ids of all packages that were published. */
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

  /** Gives every package that is still under way up, with this reason: nobody works on it any more. */
  failUnfinished(code: string, message: string, atMs: number): void {
    for (const { id } of this.#unfinished.all()) this.#fail.run(code, message, atMs, id)
  }

  /**
   * Forgets refused packages that came before `receivedBeforeMs`, and the oldest ones beyond `maxRefused`;
   * published ones stay.
   */
  async sweepRefused(receivedBeforeMs: number, maxRefused: number): Promise<void> {
    for (;;) {
      const old = this.#oldRefused.all(receivedBeforeMs, maxRefused, REMOVE_STEP)
      for (const { id } of old) await this.remove(id)
      if (old.length < REMOVE_STEP) return
    }
  }

  /** Forgets one package that was refused as a whole; whether there was one. */
  async removeRefused(id: string): Promise<boolean> {
    const { changes } = this.#removeRefused.run(id)
    if (changes > 0) await this.remove(id)
    return changes > 0
  }

  /** Forgets one package: first its row, so that it is not listed without files. */
  async remove(id: string): Promise<void> {
    this.#remove.run(id)
    while (this.#removeFiles.run({ id }).changes > 0) await setImmediate()
  }

  /** Forgets every published package, in steps between which other work runs. */
  async clear(): Promise<void> {
    while (this.#clearFiles.run().changes > 0) await setImmediate()
    while (this.#clear.run().changes > 0) await setImmediate()
  }
}

function rowsOf({ files, isPublished }: PackageRecord): readonly PackageFileRecord[] {
  if (isPublished || files.length <= MAX_REFUSED_FILES) return files
  return [...files]
    .sort((a, b) => Number(b.status === 'rejected') - Number(a.status === 'rejected'))
    .slice(0, MAX_REFUSED_FILES)
}
