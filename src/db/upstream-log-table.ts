import type { Database, Statement } from 'better-sqlite3'

/** One attempt to get a file from an upstream. */
export interface UpstreamLogEntry {
  readonly upstream: string
  readonly atMs: number
  readonly path: string
  readonly outcome: 'downloaded' | 'absent' | 'failed'
  /** What people read and search: `Downloaded <path>`, or `Download failed <path>: <cause>`. */
  readonly text: string
}

/** An entry as it is kept. */
export interface KeptLogEntry extends UpstreamLogEntry {
  readonly id: number
}

interface Row {
  readonly id: number
  readonly upstream: string
  readonly at: number
  readonly path: string
  readonly outcome: UpstreamLogEntry['outcome']
  readonly text: string
}

/** Rows removed by one sweep step. */
const SWEEP_STEP = 500

/** What was tried on upstreams. */
export class UpstreamLogTable {
  readonly #database: Database
  readonly #add: Statement<[string, number, string, string, string]>
  readonly #find: Statement<[string, number, string, number], Row>
  readonly #removeOld: Statement<[number]>
  readonly #removeExcess: Statement<[number]>
  readonly #removeSome: Statement<[string]>

  constructor(database: Database) {
    this.#database = database
    this.#add = database.prepare(
      'INSERT INTO upstream_log (upstream, at, path, outcome, text) VALUES (?, ?, ?, ?, ?)',
    )
    this.#find = database.prepare(
      `SELECT * FROM upstream_log WHERE upstream = ? AND id < ? AND text LIKE ? ESCAPE '\\'
       ORDER BY id DESC LIMIT ?`,
    )
    this.#removeOld = database.prepare(
      `DELETE FROM upstream_log WHERE id IN (
         SELECT id FROM upstream_log WHERE at < ? ORDER BY id LIMIT ${SWEEP_STEP})`,
    )
    this.#removeExcess = database.prepare(
      `DELETE FROM upstream_log WHERE id IN (
         SELECT id FROM upstream_log WHERE id <= (SELECT max(id) FROM upstream_log) - ?
         ORDER BY id LIMIT ${SWEEP_STEP})`,
    )
    this.#removeSome = database.prepare(
      `DELETE FROM upstream_log WHERE id IN (
         SELECT id FROM upstream_log WHERE upstream = ? LIMIT ${SWEEP_STEP})`,
    )
  }

  /** Writes the entries in one transaction. */
  add(entries: readonly UpstreamLogEntry[]): void {
    this.#database.transaction(() => {
      for (const { upstream, atMs, path, outcome, text } of entries)
        this.#add.run(upstream, atMs, path, outcome, text)
    })()
  }

  /** Up to `limit` entries of the upstream whose text holds `part`, before the one with the id, the newest first. */
  find(upstream: string, part: string, beforeId: number, limit: number): readonly KeptLogEntry[] {
    const pattern = `%${part.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
    return this.#find
      .all(upstream, beforeId, pattern, limit)
      .map(({ at: atMs, ...entry }) => ({ ...entry, atMs }))
  }

  /** Removes up to 500 entries that are older than that or beyond the newest `maxEntries`; gives how many. */
  sweep(olderThanMs: number, maxEntries: number): number {
    return this.#removeOld.run(olderThanMs).changes + this.#removeExcess.run(maxEntries).changes
  }

  /** Removes up to 500 entries of the upstream; gives how many. */
  removeSome(upstream: string): number {
    return this.#removeSome.run(upstream).changes
  }
}
