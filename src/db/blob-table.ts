import type { Database, Statement } from 'better-sqlite3'
import { inBatches } from './in-batches.ts'

/** Which of the two roots holds a blob: uploads, or what upstreams gave. */
export type Root = 'hosted' | 'cache'

/** What the index knows of one blob. */
interface BlobRecord {
  readonly root: Root
  /** Path inside its root. */
  readonly key: string
  readonly kind: string
  readonly size: number
  /** Strong validator without quotes: sha256 of hosted, a random version of cached blobs. */
  readonly etag: string
  /** Name of the upstream a cached blob came from. */
  readonly source: string | undefined
  readonly modifiedAtMs: number
}

/** A blob of the index; another content has another id. */
export interface IndexedBlob extends BlobRecord {
  readonly id: number
}

/** A blob and the identities (as index keys) that it is to answer for. */
export interface BlobClaim {
  readonly blob: BlobRecord
  readonly identities: readonly string[]
}

interface Row {
  readonly id: number
  readonly root: Root
  readonly key: string
  readonly kind: string
  readonly size: number
  readonly etag: string
  readonly source: string | null
  readonly modified_at: number
}

/** The index: which blob answers for an identity. In each root an identity has at most one blob. */
export class BlobTable {
  readonly #database: Database
  readonly #find: Statement<[string], Row>
  readonly #findIn: Statement<[string, Root], Row>
  readonly #byKey: Statement<[Root, string], Row>
  readonly #exists: Statement<[number]>
  readonly #any: Statement<[Root]>
  readonly #insert: Statement
  readonly #claim: Statement<[string, Root, number | bigint]>
  readonly #remove: Statement<[Root, string]>
  readonly #orphans: Statement<[Root], Row>
  readonly #clear: Statement<[]>

  constructor(database: Database) {
    this.#database = database
    const select = `SELECT b.id, b.root, b.key, b.kind, b.size, b.etag, b.source, b.modified_at`
    this.#find = database.prepare(
      `${select} FROM identities i JOIN blobs b ON b.id = i.blob_id WHERE i.identity = ? ORDER BY i.root DESC LIMIT 1`,
    )
    this.#findIn = database.prepare(
      `${select} FROM identities i JOIN blobs b ON b.id = i.blob_id WHERE i.identity = ? AND i.root = ?`,
    )
    this.#byKey = database.prepare(`${select} FROM blobs b WHERE b.root = ? AND b.key = ?`)
    this.#exists = database.prepare('SELECT 1 FROM blobs WHERE id = ?')
    this.#any = database.prepare('SELECT 1 FROM blobs WHERE root = ? LIMIT 1')
    this.#insert = database.prepare(
      'INSERT INTO blobs (root, key, kind, size, etag, source, modified_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    this.#claim = database.prepare(
      'INSERT OR REPLACE INTO identities (identity, root, blob_id) VALUES (?, ?, ?)',
    )
    this.#remove = database.prepare('DELETE FROM blobs WHERE root = ? AND key = ?')
    this.#orphans = database.prepare(
      `${select} FROM blobs b WHERE b.root = ? AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.blob_id = b.id)`,
    )
    this.#clear = database.prepare('DELETE FROM blobs')
  }

  /** The blob that answers for the first of these identities that is known; hosted ones come before cached ones. */
  find(identities: readonly string[]): IndexedBlob | undefined {
    let cached: Row | undefined
    for (const identity of identities) {
      const row = this.#find.get(identity)
      if (row?.root === 'hosted') return toBlob(row)
      cached ??= row
    }
    return cached && toBlob(cached)
  }

  /** The blob of one root that answers for this identity, or undefined. */
  owner(identity: string, root: Root): IndexedBlob | undefined {
    const row = this.#findIn.get(identity, root)
    return row && toBlob(row)
  }

  /** The blob with this key, or undefined. */
  byKey(root: Root, key: string): IndexedBlob | undefined {
    const row = this.#byKey.get(root, key)
    return row && toBlob(row)
  }

  /** Whether this content is still what its key holds. */
  isCurrent(blob: IndexedBlob): boolean {
    return this.#exists.get(blob.id) !== undefined
  }

  isEmpty(root: Root): boolean {
    return this.#any.get(root) === undefined
  }

  /** Writes the blob over what its key held before, and gives it the identities, whoever had them. */
  put({ blob, identities }: BlobClaim): void {
    this.#remove.run(blob.root, blob.key)
    const { lastInsertRowid } = this.#insert.run(
      blob.root,
      blob.key,
      blob.kind,
      blob.size,
      blob.etag,
      blob.source ?? null,
      blob.modifiedAtMs,
    )
    for (const identity of identities) this.#claim.run(identity, blob.root, lastInsertRowid)
  }

  /** `put` for many, in transactions of bounded size. */
  async putAll(claims: readonly BlobClaim[]): Promise<void> {
    await inBatches(this.#database, claims, (claim) => this.put(claim), 5)
  }

  /** Forgets the blob and its identities. */
  remove(root: Root, key: string): void {
    this.#remove.run(root, key)
  }

  /** The blobs of a root that answer for no identity any more. */
  orphans(root: Root): readonly IndexedBlob[] {
    return this.#orphans.all(root).map(toBlob)
  }

  /** Forgets every blob. */
  clear(): void {
    this.#clear.run()
  }
}

function toBlob(row: Row): IndexedBlob {
  return {
    id: row.id,
    root: row.root,
    key: row.key,
    kind: row.kind,
    size: row.size,
    etag: row.etag,
    source: row.source ?? undefined,
    modifiedAtMs: row.modified_at,
  }
}
