import type { Database, Statement } from 'better-sqlite3'
import { inBatches } from './in-batches.ts'

/** What became of a path: `present` was here already, `failed` means that nobody could tell. */
export type PrefetchState = 'waiting' | 'fetched' | 'present' | 'absent' | 'failed'

/** A path of the queue, or one that was in it. */
export interface PrefetchRecord {
  readonly id: number
  /** `name/id/file` as it was asked for. */
  readonly path: string
  readonly state: PrefetchState
  /** Why there was no file; the words of `X-Symgate-Miss`. */
  readonly reason: string | null
  readonly addedAtMs: number
  readonly finishedAtMs: number | null
}

interface Row {
  readonly id: number
  readonly path: string
  readonly state: PrefetchState
  readonly reason: string | null
  readonly added_at: number
  readonly finished_at: number | null
}

/** The queue of paths to fetch ahead, with the outcome of those that are done. */
export class PrefetchTable {
  readonly #database: Database
  readonly #add: Statement<[string, number]>
  readonly #next: Statement<[number, number], Row>
  readonly #finish: Statement<[string, string | null, number, number]>
  readonly #list: Statement<[number, number], Row>
  readonly #counts: Statement<[], { state: PrefetchState; count: number }>
  readonly #sweep: Statement<[number]>

  constructor(database: Database) {
    this.#database = database
    // Asked for again, a path goes to the end of the queue; one that waits keeps its place.
    this.#add = database.prepare(
      `INSERT INTO prefetch (path, state, added_at) VALUES (?, 'waiting', ?)
       ON CONFLICT (path) DO UPDATE SET state = 'waiting', reason = NULL, finished_at = NULL,
         added_at = excluded.added_at, id = (SELECT max(id) FROM prefetch) + 1 WHERE state <> 'waiting'`,
    )
    this.#next = database.prepare(
      "SELECT * FROM prefetch WHERE state = 'waiting' AND id > ? ORDER BY id LIMIT ?",
    )
    this.#finish = database.prepare(
      'UPDATE prefetch SET state = ?, reason = ?, finished_at = ? WHERE id = ?',
    )
    this.#list = database.prepare('SELECT * FROM prefetch WHERE id < ? ORDER BY id DESC LIMIT ?')
    this.#counts = database.prepare('SELECT state, count(*) AS count FROM prefetch GROUP BY state')
    this.#sweep = database.prepare(
      "DELETE FROM prefetch WHERE state <> 'waiting' AND id <= (SELECT max(id) FROM prefetch) - ?",
    )
  }

  /** Puts the paths into the queue; those that wait in it already stay where they are. */
  async add(paths: readonly string[], atMs: number): Promise<void> {
    await inBatches(this.#database, paths, (path) => void this.#add.run(path, atMs))
  }

  /** Up to `limit` paths that wait, behind the one with the id, the first ones first. */
  waiting(afterId: number, limit: number): readonly PrefetchRecord[] {
    return this.#next.all(afterId, limit).map(toRecord)
  }

  finish(id: number, state: PrefetchState, reason: string | undefined, atMs: number): void {
    this.#finish.run(state, reason ?? null, atMs, id)
  }

  /** Up to `limit` paths before the one with the id, the last ones first. */
  list(beforeId: number, limit: number): readonly PrefetchRecord[] {
    return this.#list.all(beforeId, limit).map(toRecord)
  }

  /** How many paths are in each state. */
  counts(): Readonly<Record<PrefetchState, number>> {
    const counts = { waiting: 0, fetched: 0, present: 0, absent: 0, failed: 0 }
    for (const { state, count } of this.#counts.all()) counts[state] = count
    return counts
  }

  /** Forgets outcomes beyond the last `keep` paths. */
  sweep(keep: number): void {
    this.#sweep.run(keep)
  }
}

function toRecord({ added_at: addedAtMs, finished_at: finishedAtMs, ...row }: Row): PrefetchRecord {
  return { ...row, addedAtMs, finishedAtMs }
}
