import type { Database, Statement } from 'better-sqlite3'

/** One upstream's «not here» for one path. Times in milliseconds since 1970. */
export interface MissRecord {
  readonly upstream: string
  /** Canonical path of the request. */
  readonly path: string
  /** When the upstream last said so. */
  readonly checkedAtMs: number
  /** When a client last asked. */
  readonly requestedAtMs: number
}

/** Which miss it is: one upstream's of one path. */
export type MissPosition = Pick<MissRecord, 'upstream' | 'path'>

/** A miss to be written, with the identities whose arrival ends it. */
export interface MissWrite extends MissRecord {
  readonly identities: readonly string[]
}

interface Row {
  readonly upstream: string
  readonly path: string
  readonly checked_at: number
  readonly requested_at: number
}

/** Rows removed by one sweep step, so that a sweep never holds the event loop. */
const SWEEP_STEP = 500

/** What upstreams were found not to have. */
export class MissTable {
  readonly #database: Database
  readonly #get: Statement<[string, string], Row>
  readonly #put: Statement<[string, string, number, number]>
  readonly #link: Statement<[string, string]>
  readonly #remove: Statement<[string, string]>
  readonly #unlink: Statement<[{ path: string }]>
  readonly #pathsOf: Statement<[string], { path: string }>
  readonly #removePath: Statement<[string]>
  readonly #unlinkPath: Statement<[string]>
  readonly #oldest: Statement<[number, number], Row>
  readonly #after: Statement<[string, string, number], Row>
  readonly #count: Statement<[], { count: number }>

  constructor(database: Database) {
    this.#database = database
    this.#get = database.prepare('SELECT * FROM misses WHERE upstream = ? AND path = ?')
    this.#put = database.prepare(
      'INSERT OR REPLACE INTO misses (upstream, path, checked_at, requested_at) VALUES (?, ?, ?, ?)',
    )
    this.#link = database.prepare(
      'INSERT OR IGNORE INTO miss_identities (identity, path) VALUES (?, ?)',
    )
    this.#remove = database.prepare('DELETE FROM misses WHERE upstream = ? AND path = ?')
    this.#unlink = database.prepare(
      'DELETE FROM miss_identities WHERE path = @path AND NOT EXISTS (SELECT 1 FROM misses WHERE path = @path)',
    )
    this.#pathsOf = database.prepare('SELECT path FROM miss_identities WHERE identity = ?')
    this.#removePath = database.prepare('DELETE FROM misses WHERE path = ?')
    this.#unlinkPath = database.prepare('DELETE FROM miss_identities WHERE path = ?')
    this.#oldest = database.prepare(
      'SELECT * FROM misses WHERE requested_at < ? ORDER BY requested_at LIMIT ?',
    )
    this.#after = database.prepare(
      'SELECT * FROM misses WHERE (upstream, path) > (?, ?) ORDER BY upstream, path LIMIT ?',
    )
    this.#count = database.prepare('SELECT count(*) AS count FROM misses')
  }

  get(upstream: string, path: string): MissRecord | undefined {
    const row = this.#get.get(upstream, path)
    return row && toMiss(row)
  }

  /** Up to `limit` misses in the order of upstream and path, after the one given. */
  after({ upstream, path }: MissPosition, limit: number): readonly MissRecord[] {
    return this.#after.all(upstream, path, limit).map(toMiss)
  }

  /** Writes the misses, over older ones of the same upstream and path, in one transaction. */
  put(misses: readonly MissWrite[]): void {
    this.#database.transaction(() => {
      for (const miss of misses) {
        this.#put.run(miss.upstream, miss.path, miss.checkedAtMs, miss.requestedAtMs)
        for (const identity of miss.identities) this.#link.run(identity, miss.path)
      }
    })()
  }

  /** Forgets one upstream's miss. */
  remove(upstream: string, path: string): void {
    this.#remove.run(upstream, path)
    this.#unlink.run({ path })
  }

  /** Forgets up to 500 misses in one transaction. */
  removeAll(misses: readonly MissPosition[]): void {
    this.#database.transaction(() => {
      for (const { upstream, path } of misses) this.remove(upstream, path)
    })()
  }

  /** Forgets every upstream's misses for these identities; gives the paths that had any. */
  removeFor(identities: readonly string[]): readonly string[] {
    return this.#database.transaction(() => {
      const paths = new Set(
        identities.flatMap((identity) => this.#pathsOf.all(identity).map(({ path }) => path)),
      )
      for (const path of paths) {
        this.#removePath.run(path)
        this.#unlinkPath.run(path)
      }
      return [...paths]
    })()
  }

  /**
   * Forgets up to 500 misses: of the `excess` oldest ones, or where there is no excess those that nobody asked
   * for since `requestedBeforeMs`. Gives how many went.
   */
  sweep(requestedBeforeMs: number, excess: number): number {
    return this.#database.transaction(() => {
      const rows =
        excess > 0
          ? this.#oldest.all(Number.MAX_SAFE_INTEGER, Math.min(excess, SWEEP_STEP))
          : this.#oldest.all(requestedBeforeMs, SWEEP_STEP)
      for (const row of rows) this.remove(row.upstream, row.path)
      return rows.length
    })()
  }

  count(): number {
    return this.#count.get()?.count ?? 0
  }
}

function toMiss(row: Row): MissRecord {
  return {
    upstream: row.upstream,
    path: row.path,
    checkedAtMs: row.checked_at,
    requestedAtMs: row.requested_at,
  }
}
