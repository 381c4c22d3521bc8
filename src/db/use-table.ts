import type { Database, Statement } from 'better-sqlite3'
import type { IndexedBlob, Root } from './blob-table.ts'
import { inBatches } from './in-batches.ts'

/** Uses are gathered this long before they are written: what is served costs no write each. */
const FLUSH_AFTER_MS = 5000

/** Blobs with unwritten uses; more of them are written at once. */
const MAX_PENDING = 10_000

/** Rows without a blob that are removed at once. */
const SWEEP_STEP = 500

/** How often a blob was served, and when last; that is its arrival when it never was. */
export interface BlobUse {
  readonly hits: number
  readonly lastUsedMs: number
}

/** A blob that has not been served for long. */
export interface IdleBlob {
  readonly id: number
  readonly key: string
  readonly size: number
  readonly etag: string
  readonly lastUsedMs: number
}

interface Pending {
  readonly root: Root
  readonly key: string
  hits: number
  lastUsedMs: number
}

interface Row {
  readonly hits: number
  readonly last_used_at: number
}

interface IdleRow {
  readonly id: number
  readonly key: string
  readonly size: number
  readonly etag: string
  readonly last_used_at: number
}

/**
 * Uses of stored blobs, by root and key, so that they outlive a rebuilt index. What is told here is a few
 * seconds old; a kill loses as much.
 */
export class UseTable {
  readonly #database: Database
  readonly #add: Statement<[number, number, Root, string]>
  readonly #get: Statement<[Root, string], Row>
  readonly #idle: Statement<[Root, number, number], IdleRow>
  readonly #removeStrangers: Statement<[]>
  readonly #now: () => number
  #pending = new Map<number, Pending>()
  #timer: NodeJS.Timeout | undefined

  constructor(database: Database, now: () => number = Date.now) {
    this.#database = database
    this.#now = now
    // No insert: a blob that has gone meanwhile stays gone.
    this.#add = database.prepare(
      'UPDATE blob_uses SET hits = hits + ?, last_used_at = max(last_used_at, ?) WHERE root = ? AND key = ?',
    )
    this.#get = database.prepare(
      'SELECT hits, last_used_at FROM blob_uses WHERE root = ? AND key = ?',
    )
    this.#idle = database.prepare(
      `SELECT b.id, b.key, b.size, b.etag, u.last_used_at
       FROM blob_uses u JOIN blobs b ON b.root = u.root AND b.key = u.key
       WHERE u.root = ? AND u.last_used_at < ? ORDER BY u.last_used_at LIMIT ?`,
    )
    this.#removeStrangers = database.prepare(
      `DELETE FROM blob_uses WHERE (root, key) IN (
         SELECT u.root, u.key FROM blob_uses u
         WHERE NOT EXISTS (SELECT 1 FROM blobs b WHERE b.root = u.root AND b.key = u.key)
         LIMIT ${SWEEP_STEP})`,
    )
  }

  /** Notes that the blob is being served. Cheap: nothing is written now. */
  record({ id, root, key }: IndexedBlob): void {
    const pending = this.#pending.get(id)
    if (pending !== undefined) {
      pending.hits++
      pending.lastUsedMs = this.#now()
      return
    }
    this.#pending.set(id, { root, key, hits: 1, lastUsedMs: this.#now() })
    if (this.#pending.size >= MAX_PENDING) void this.flush()
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER_MS).unref()
  }

  /** The uses of the blob with this key, or undefined where there is no such blob. */
  get(root: Root, key: string): BlobUse | undefined {
    const row = this.#get.get(root, key)
    return row && { hits: row.hits, lastUsedMs: row.last_used_at }
  }

  /** Up to `limit` blobs of the root that were last used before `beforeMs`, the longest unused first. */
  async idle(root: Root, beforeMs: number, limit: number): Promise<readonly IdleBlob[]> {
    await this.flush()
    return this.#idle
      .all(root, beforeMs, limit)
      .map(({ last_used_at: lastUsedMs, ...blob }) => ({ ...blob, lastUsedMs }))
  }

  /** Forgets up to 500 uses of what the index no longer has; gives how many. */
  sweep(): number {
    return this.#removeStrangers.run().changes
  }

  /** Writes what is pending, or drops it where the disk is full. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const uses = [...this.#pending.values()]
    this.#pending = new Map()
    // A lost use makes a blob look a little older; that is no reason to fail anything.
    await inBatches(this.#database, uses, (use) => this.#addUse(use)).catch(() => {})
  }

  #addUse({ hits, lastUsedMs, root, key }: Pending): void {
    this.#add.run(hits, lastUsedMs, root, key)
  }
}
