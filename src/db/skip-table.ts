import type { Database, Statement } from 'better-sqlite3'

/** A file that failed on an upstream. Times in milliseconds since 1970. */
export interface SkipRecord {
  readonly id: number
  readonly upstream: string
  /** Canonical path of the request. */
  readonly path: string
  /** In how many fills it failed. */
  readonly failedFills: number
  readonly lastFailedAtMs: number
  readonly cause: string
  /** Whose arrival ends it, as index keys. */
  readonly identities: readonly string[]
}

interface Row {
  readonly id: number
  readonly upstream: string
  readonly path: string
  readonly failed_fills: number
  readonly last_failed_at: number
  readonly cause: string
  readonly identities: string
}

/** What failed on upstreams, for it to outlive the process. */
export class SkipTable {
  readonly #all: Statement<[number], Row>
  readonly #put: Statement<[string, string, number, number, string, string], { id: number }>
  readonly #remove: Statement<[number]>

  constructor(database: Database) {
    this.#all = database.prepare('SELECT * FROM skips ORDER BY id DESC LIMIT ?')
    this.#put = database.prepare(
      `INSERT INTO skips (upstream, path, failed_fills, last_failed_at, cause, identities)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (upstream, path) DO UPDATE SET failed_fills = excluded.failed_fills,
         last_failed_at = excluded.last_failed_at, cause = excluded.cause
       RETURNING id`,
    )
    this.#remove = database.prepare('DELETE FROM skips WHERE id = ?')
  }

  /** The latest entries, up to `limit`. */
  latest(limit: number): readonly SkipRecord[] {
    return this.#all.all(limit).map((row) => ({
      id: row.id,
      upstream: row.upstream,
      path: row.path,
      failedFills: row.failed_fills,
      lastFailedAtMs: row.last_failed_at,
      cause: row.cause,
      identities: row.identities.split('\n'),
    }))
  }

  /** Writes the entry over an older one of the same upstream and path; gives its id. */
  put(skip: Omit<SkipRecord, 'id'>): number {
    const { upstream, path, failedFills, lastFailedAtMs, cause, identities } = skip
    const row = this.#put.get(
      upstream,
      path,
      failedFills,
      lastFailedAtMs,
      cause,
      identities.join('\n'),
    )
    if (row === undefined) throw new Error('the entry was not written')
    return row.id
  }

  remove(id: number): void {
    this.#remove.run(id)
  }
}
