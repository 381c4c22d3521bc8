import { setImmediate } from 'node:timers/promises'
import type { Database, Statement } from 'better-sqlite3'
import { inBatches } from './in-batches.ts'
import { KnownIdentities } from './known-identities.ts'

/** Rows removed at once: each takes its identities with it. */
const CLEAR_STEP = 100

/** Rows that one blob makes: its own, its uses, and an identity or two with their index. */
const ROWS_PER_BLOB = 7

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

/** What one root holds. */
export interface RootTotals {
  readonly blobs: number
  readonly bytes: number
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

interface Claim {
  readonly identity: string
  readonly root: Root
  readonly blob_id: number
}

/** The index: which blob answers for an identity. In each root an identity has at most one blob. */
export class BlobTable {
  readonly #database: Database
  readonly #byId: Statement<[number], Row>
  readonly #claimsOf = new Map<number, Statement<string[], Claim>>()
  readonly #findIn: Statement<[string, Root], Row>
  readonly #byKey: Statement<[Root, string], Row>
  readonly #exists: Statement<[number]>
  readonly #any: Statement<[Root]>
  readonly #outermost: Statement<[Root, number, Root, number], { readonly key: string }>
  readonly #insert: Statement
  readonly #claim: Statement<[string, Root, number | bigint]>
  readonly #remove: Statement<[Root, string]>
  readonly #removeUses: Statement<[Root, string]>
  readonly #totals: Statement<[Root], RootTotals>
  readonly #isOrphan: Statement<[Root, string]>
  readonly #clearSome: Statement<[]>
  readonly #known: KnownIdentities
  #revision = 0

  constructor(database: Database) {
    this.#database = database
    const select = `SELECT b.id, b.root, b.key, b.kind, b.size, b.etag, b.source, b.modified_at`
    this.#byId = database.prepare(`${select} FROM blobs b WHERE b.id = ?`)
    this.#findIn = database.prepare(
      `${select} FROM identities i JOIN blobs b ON b.id = i.blob_id WHERE i.identity = ? AND i.root = ?`,
    )
    this.#byKey = database.prepare(`${select} FROM blobs b WHERE b.root = ? AND b.key = ?`)
    this.#exists = database.prepare('SELECT 1 FROM blobs WHERE id = ?')
    this.#any = database.prepare('SELECT 1 FROM blobs WHERE root = ? LIMIT 1')
    const outermost = (order: 'ASC' | 'DESC'): string =>
      `SELECT key FROM (SELECT key FROM blobs WHERE root = ? ORDER BY key ${order} LIMIT ?)`
    this.#outermost = database.prepare(`${outermost('ASC')} UNION ${outermost('DESC')}`)
    this.#insert = database.prepare(
      'INSERT INTO blobs (root, key, kind, size, etag, source, modified_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    this.#claim = database.prepare(
      'INSERT OR REPLACE INTO identities (identity, root, blob_id) VALUES (?, ?, ?)',
    )
    this.#remove = database.prepare('DELETE FROM blobs WHERE root = ? AND key = ?')
    this.#removeUses = database.prepare('DELETE FROM blob_uses WHERE root = ? AND key = ?')
    this.#totals = database.prepare('SELECT blobs, bytes FROM root_totals WHERE root = ?')
    this.#isOrphan = database.prepare(
      'SELECT 1 FROM blobs b WHERE b.root = ? AND b.key = ? AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.blob_id = b.id)',
    )
    this.#clearSome = database.prepare(
      `DELETE FROM blobs WHERE id IN (SELECT id FROM blobs LIMIT ${CLEAR_STEP})`,
    )
    this.#known = new KnownIdentities(database)
  }

  /** The blob that answers for the first of these identities that is known; hosted ones come before cached ones. */
  find(identities: readonly string[]): IndexedBlob | undefined {
    const claims = this.#claims(identities)
    for (const root of ['hosted', 'cache'] as const) {
      const inRoot = claims.filter((claim) => claim.root === root)
      for (const identity of inRoot.length === 0 ? [] : identities) {
        const claim = inRoot.find((candidate) => candidate.identity === identity)
        const row = claim && this.#byId.get(claim.blob_id)
        if (row !== undefined) return toBlob(row)
      }
    }
    return undefined
  }

  /** Changes whenever an answer of `find` that was given before may have become wrong. */
  get revision(): number {
    return this.#revision
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

  /** The blob with this id, or undefined. */
  byId(id: number): IndexedBlob | undefined {
    const row = this.#byId.get(id)
    return row && toBlob(row)
  }

  /** Whether this content is still what its key holds. */
  isCurrent(blob: IndexedBlob): boolean {
    return this.#exists.get(blob.id) !== undefined
  }

  /** How many blobs the root holds, and their bytes. */
  totals(root: Root): RootTotals {
    return this.#totals.get(root) ?? { blobs: 0, bytes: 0 }
  }

  isEmpty(root: Root): boolean {
    return this.#any.get(root) === undefined
  }

  /** The first keys of the root in their order, and the last ones: `count` of each, if it holds so many. */
  outermostKeys(root: Root, count: number): readonly string[] {
    return this.#outermost.all(root, count, root, count).map(({ key }) => key)
  }

  /** Writes the blob over what its key held before, and gives it the identities, whoever had them. */
  put({ blob, identities }: BlobClaim): void {
    // All or nothing: a blob with half its identities would be found under some paths only.
    this.#database.transaction(() => {
      const { changes } = this.#remove.run(blob.root, blob.key)
      // What comes from an upstream was absent before, but what is uploaded goes before what is cached.
      if (changes > 0 || blob.root === 'hosted') this.#revision++
      const { lastInsertRowid } = this.#insert.run(
        blob.root,
        blob.key,
        blob.kind,
        blob.size,
        blob.etag,
        blob.source ?? null,
        blob.modifiedAtMs,
      )
      for (const identity of identities) {
        this.#known.add(identity)
        this.#claim.run(identity, blob.root, lastInsertRowid)
      }
    })()
  }

  /** `put` for many, in transactions of bounded size. */
  async putAll(claims: readonly BlobClaim[]): Promise<void> {
    await inBatches(this.#database, claims, (claim) => this.put(claim), ROWS_PER_BLOB)
  }

  /** Forgets the blob, its identities and its uses. */
  remove(root: Root, key: string): void {
    this.#revision++
    this.#remove.run(root, key)
    this.#removeUses.run(root, key)
  }

  /** `remove` for many, in transactions of bounded size. */
  async removeAll(root: Root, keys: readonly string[]): Promise<void> {
    await inBatches(this.#database, keys, (key) => this.remove(root, key), ROWS_PER_BLOB)
  }

  /** Has the blob with this key, if there is one, answer for these identities, whoever did before. */
  give(root: Root, key: string, identities: readonly string[]): void {
    const blob = this.byKey(root, key)
    if (blob === undefined) return
    this.#revision++
    this.#database.transaction(() => {
      for (const identity of identities) {
        this.#known.add(identity)
        this.#claim.run(identity, root, blob.id)
      }
    })()
  }

  /** Whether the blob with this key answers for no identity any more. */
  isOrphan(root: Root, key: string): boolean {
    return this.#isOrphan.get(root, key) !== undefined
  }

  /** Forgets every blob, in steps between which other work runs. */
  async clear(): Promise<void> {
    this.#revision++
    while (this.#clearSome.run().changes > 0) await setImmediate()
    this.#revision++
  }

  /** The claims on these identities. Most lookups of absent files end at the filter, without a query. */
  #claims(identities: readonly string[]): readonly Claim[] {
    // Of the identities that a path may mean, few are anybody's: a query less for each of the others.
    const known = identities.filter((identity) => this.#known.mayHave(identity))
    if (known.length === 0) return []
    let statement = this.#claimsOf.get(known.length)
    if (statement === undefined) {
      const list = known.map(() => '?').join(', ')
      statement = this.#database.prepare<string[], Claim>(
        `SELECT identity, root, blob_id FROM identities WHERE identity IN (${list})`,
      )
      this.#claimsOf.set(known.length, statement)
    }
    return statement.all(...known)
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
