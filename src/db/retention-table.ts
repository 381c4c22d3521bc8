import { setImmediate } from 'node:timers/promises'
import type { Database, Statement } from 'better-sqlite3'

/** Rows looked at in one go: each costs a few look-ups, together about a millisecond of the event loop. */
const STEP = 200

/** A published package as retention looks at it. */
export interface RetainedPackage {
  readonly id: string
  readonly tag: string
  /** Equal for all packages of one build; its own id for one that is a build by itself. */
  readonly build: string
  readonly protected: boolean
  readonly receivedAtMs: number
}

interface Row {
  readonly id: string
  readonly tag: string
  readonly build: string | null
  readonly protected: number
  readonly received_at: number
}

type Range = [{ id: string; from: number; to: number }]

/** What retention asks of packages, their blobs and the uses of these. */
export class RetentionTable {
  readonly #page: Statement<[string, number], Row>
  readonly #fileCount: Statement<[string], { count: number }>
  readonly #lastUse: Statement<Range, { at: number | null }>
  readonly #freed: Statement<Range, { store_key: string; size: number }>
  readonly #since: Statement<[], { since: number }>
  readonly #mark: Statement<[string]>
  readonly #unmark: Statement<[string]>
  readonly #unmarkAll: Statement<[]>

  constructor(database: Database) {
    // Of this connection alone, and gone with it: what one plan means to delete.
    database.exec(
      'CREATE TEMP TABLE IF NOT EXISTS doomed (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID',
    )
    const files = 'f.package_id = @id AND f.position >= @from AND f.position < @to'
    this.#page = database.prepare(
      'SELECT id, tag, build, protected, received_at FROM packages WHERE published = 1 AND id < ? ORDER BY id DESC LIMIT ?',
    )
    this.#fileCount = database.prepare(
      'SELECT coalesce(max(position) + 1, 0) AS count FROM package_files WHERE package_id = ?',
    )
    this.#lastUse = database.prepare(
      `SELECT max(u.last_used_at) AS at FROM package_files f
       JOIN blob_uses u ON u.root = 'hosted' AND u.key = f.store_key WHERE ${files}`,
    )
    this.#freed = database.prepare(
      `SELECT DISTINCT f.store_key, b.size FROM package_files f
       JOIN blobs b ON b.root = 'hosted' AND b.key = f.store_key AND b.etag = f.sha256
       WHERE ${files} AND NOT EXISTS (
         SELECT 1 FROM package_files o JOIN packages p ON p.id = o.package_id AND p.published = 1
         WHERE o.sha256 = f.sha256 AND o.package_id <> f.package_id
           AND NOT EXISTS (SELECT 1 FROM doomed d WHERE d.id = o.package_id))`,
    )
    this.#since = database.prepare('SELECT max(since) AS since FROM counting_uses')
    this.#mark = database.prepare('INSERT OR IGNORE INTO doomed (id) VALUES (?)')
    this.#unmark = database.prepare('DELETE FROM doomed WHERE id = ?')
    this.#unmarkAll = database.prepare('DELETE FROM doomed')
  }

  /** All published packages, the newest first, read in steps between which other work runs. */
  async *newestFirst(): AsyncGenerator<RetainedPackage> {
    // Behind every id: they are digits and small letters.
    for (let before = '~'; ;) {
      const rows = this.#page.all(before, STEP)
      for (const row of rows) yield toPackage(row)
      const last = rows.at(-1)
      if (last === undefined) return
      before = last.id
      await setImmediate()
    }
  }

  /** Since when uses have been counted: what was used before looks unused. */
  get usesSinceMs(): number {
    return this.#since.get()?.since ?? 0
  }

  /** When a file of this package was last served, or came; undefined when none of them is there. */
  async lastUse(id: string): Promise<number | undefined> {
    let last: number | undefined
    for (const range of this.#ranges(id)) {
      const at = this.#lastUse.get(range)?.at ?? undefined
      if (at !== undefined) last = Math.max(last ?? 0, at)
      await setImmediate()
    }
    return last
  }

  /** Notes that these packages are to go; `freedBy` takes the other ones as all that stays. */
  doom(id: string): void {
    this.#mark.run(id)
  }

  /** Takes `doom` back. */
  spare(id: string): void {
    this.#unmark.run(id)
  }

  /** Takes every `doom` back. */
  spareAll(): void {
    this.#unmarkAll.run()
  }

  /** The files of a package that no package holds but this one and doomed ones. */
  async freedBy(id: string): Promise<{ readonly files: number; readonly bytes: number }> {
    const keys = new Set<string>()
    let bytes = 0
    for (const range of this.#ranges(id)) {
      for (const { store_key: key, size } of this.#freed.all(range)) {
        if (keys.has(key)) continue
        keys.add(key)
        bytes += size
      }
      await setImmediate()
    }
    return { files: keys.size, bytes }
  }

  *#ranges(id: string): Generator<{ id: string; from: number; to: number }> {
    const count = this.#fileCount.get(id)?.count ?? 0
    for (let from = 0; from < count; from += STEP) yield { id, from, to: from + STEP }
  }
}

function toPackage(row: Row): RetainedPackage {
  return {
    id: row.id,
    tag: row.tag,
    build: row.build ?? row.id,
    protected: row.protected === 1,
    receivedAtMs: row.received_at,
  }
}
