import { setImmediate } from 'node:timers/promises'
import type { Database, Statement } from 'better-sqlite3'
import { inBatches } from './in-batches.ts'
import type { FoundBy, MissingNote, MissingRecord } from './missing-record.ts'
import { parseStrings } from './parse-strings.ts'

/** User agents kept of one path. */
const MAX_USER_AGENTS = 4

/** Rows that one note makes: its own, its place in two indexes, and two identities with theirs. */
const ROWS_PER_NOTE = 8

/** Rows looked at in one go: about a millisecond of the event loop. */
const STEP = 500

/** Rows removed at once, so that a sweep never holds the event loop. */
const SWEEP_STEP = 100

/** Which missing files are wanted; those asked for last come first. */
export interface MissingQuery {
  /** Only what was asked for since, in milliseconds since 1970. */
  readonly sinceMs: number
  /** A text in the path, compared without case. */
  readonly text: string | undefined
  /** Only what has been found meanwhile, or only what has not. */
  readonly isFound: boolean | undefined
  /** Only what comes behind this one. */
  readonly after: { readonly lastAtMs: number; readonly path: string } | undefined
  readonly limit: number
}

interface Row {
  readonly path: string
  readonly store_path: string
  readonly reason: string
  readonly count: number
  readonly first_at: number
  readonly last_at: number
  readonly trusted: number
  readonly user_agents: string
  readonly found_at: number | null
  readonly found_by: string | null
  readonly found_upstream: string | null
}

/** What clients asked for and nobody had. */
export class MissingTable {
  readonly #database: Database
  readonly #get: Statement<[string], Row>
  readonly #put: Statement
  readonly #link: Statement<[string, string]>
  readonly #pathsOf: Statement<[string], { path: string }>
  readonly #found: Statement<[number, string | null, string | null, string]>
  readonly #list: Statement<[number, number, string, number], Row>
  readonly #old: Statement<[number, number], { path: string }>
  readonly #leastWorth: Statement<[number], { path: string }>
  readonly #remove: Statement<[string]>
  readonly #unlink: Statement<[string]>
  readonly #count: Statement<[], { count: number }>

  constructor(database: Database) {
    this.#database = database
    this.#get = database.prepare('SELECT * FROM missing WHERE path = ?')
    this.#put = database.prepare(
      `INSERT OR REPLACE INTO missing
        (path, store_path, reason, count, first_at, last_at, trusted, user_agents, found_at, found_by,
         found_upstream)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)`,
    )
    this.#link = database.prepare(
      'INSERT OR IGNORE INTO missing_identities (identity, path) VALUES (?, ?)',
    )
    this.#pathsOf = database.prepare('SELECT path FROM missing_identities WHERE identity = ?')
    this.#found = database.prepare(
      `UPDATE missing SET found_at = ?, found_by = ?, found_upstream = ?
       WHERE path = ? AND found_at IS NULL`,
    )
    this.#list = database.prepare(
      `SELECT * FROM missing WHERE last_at >= ? AND (last_at, path) < (?, ?)
       ORDER BY last_at DESC, path DESC LIMIT ?`,
    )
    this.#old = database.prepare('SELECT path FROM missing WHERE last_at < ? LIMIT ?')
    this.#leastWorth = database.prepare(
      'SELECT path FROM missing ORDER BY trusted, count, last_at LIMIT ?',
    )
    this.#remove = database.prepare('DELETE FROM missing WHERE path = ?')
    this.#unlink = database.prepare('DELETE FROM missing_identities WHERE path = ?')
    this.#count = database.prepare('SELECT count(*) AS count FROM missing')
  }

  /** Adds the notes to what is known of their paths, in transactions of bounded size. */
  async add(notes: readonly MissingNote[]): Promise<void> {
    await inBatches(this.#database, notes, (note) => this.#addOne(note), ROWS_PER_NOTE)
  }

  /** Marks everything that one of these identities ends as found; gives what was not before, as it was. */
  async markFound(
    identities: readonly string[],
    by: FoundBy,
    atMs: number,
  ): Promise<readonly MissingRecord[]> {
    const found: MissingRecord[] = []
    const { packageId = null, upstream = null } = by
    await inBatches(this.#database, identities, (identity) => {
      for (const { path } of this.#pathsOf.all(identity)) {
        const row = this.#get.get(path)
        if (row !== undefined && this.#found.run(atMs, packageId, upstream, path).changes > 0)
          found.push(toRecord(row))
      }
    })
    return found
  }

  /** One page of what is wanted; the last one has fewer than `limit`. */
  async list({ sinceMs, text, isFound, after, limit }: MissingQuery): Promise<MissingRecord[]> {
    const records: MissingRecord[] = []
    const words = text?.toLowerCase()
    const isWanted = (row: Row): boolean =>
      (isFound === undefined || (row.found_at !== null) === isFound) &&
      (words === undefined || row.path.includes(words))
    let { lastAtMs, path } = after ?? { lastAtMs: Number.MAX_SAFE_INTEGER, path: '' }
    for (;;) {
      const rows = this.#list.all(sinceMs, lastAtMs, path, STEP)
      const wanted = rows.filter(isWanted).slice(0, limit - records.length)
      records.push(...wanted.map(toRecord))
      const last = rows.at(-1)
      if (records.length === limit || last === undefined || rows.length < STEP) return records
      ;({ last_at: lastAtMs, path } = last)
      await setImmediate()
    }
  }

  /**
   * Forgets what was last asked for before `lastBeforeMs`, and `excess` others: first what nobody with
   * a token asked for, of that what was asked for least, of that the oldest. So strangers who invent paths push
   * out each other's, and not what is asked for again and again.
   */
  async sweep(lastBeforeMs: number, excess: number): Promise<void> {
    for (let left = excess; ; left -= SWEEP_STEP) {
      const rows =
        left > 0
          ? this.#leastWorth.all(Math.min(SWEEP_STEP, left))
          : this.#old.all(lastBeforeMs, SWEEP_STEP)
      this.#database.transaction(() => {
        for (const { path } of rows) {
          this.#remove.run(path)
          this.#unlink.run(path)
        }
      })()
      if (rows.length === 0) return
      await setImmediate()
    }
  }

  count(): number {
    return this.#count.get()?.count ?? 0
  }

  #addOne(note: MissingNote): void {
    const known = this.#get.get(note.path)
    const agents = new Set([
      ...(known === undefined ? [] : parseStrings(known.user_agents)),
      ...note.userAgents,
    ])
    this.#put.run(
      note.path,
      note.storePath,
      note.reason,
      (known?.count ?? 0) + note.count,
      known?.first_at ?? note.firstAtMs,
      note.lastAtMs,
      note.isTrusted || known?.trusted === 1 ? 1 : 0,
      JSON.stringify([...agents].slice(0, MAX_USER_AGENTS)),
    )
    if (known !== undefined) return
    for (const identity of note.identities) this.#link.run(identity, note.path)
  }
}

function toRecord(row: Row): MissingRecord {
  return {
    path: row.path,
    storePath: row.store_path,
    reason: row.reason,
    count: row.count,
    firstAtMs: row.first_at,
    lastAtMs: row.last_at,
    isTrusted: row.trusted === 1,
    userAgents: parseStrings(row.user_agents),
    found:
      row.found_at === null
        ? undefined
        : {
            atMs: row.found_at,
            packageId: row.found_by ?? undefined,
            upstream: row.found_upstream ?? undefined,
          },
  }
}
