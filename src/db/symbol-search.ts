import { setImmediate } from 'node:timers/promises'
import type { Database, Statement } from 'better-sqlite3'
import type { Root } from './blob-table.ts'

/** Keys looked at in one go while searching for a text: about a millisecond of the event loop. */
const STEP = 1000

/** Keys that one search looks at before it gives back what it has. */
const MAX_EXAMINED = 500_000

/** Packages told of each symbol, the newest first. */
const MAX_PACKAGES = 5

/** Where a page of symbols ended: the key, or with a tag the package's file. */
export type SymbolPosition =
  | { readonly root: Root; readonly key: string }
  | { readonly packageId: string; readonly file: number }

/** Which symbols are wanted: of all, in the order of their keys; of a tag, its newest packages first. */
export interface SymbolQuery {
  /** A text in the key `name/id/file`, compared without case. */
  readonly text: string | undefined
  readonly tag: string | undefined
  readonly after: SymbolPosition | undefined
  readonly limit: number
}

/** A stored file as lists show it. Times in milliseconds since 1970. */
export interface SymbolRecord {
  readonly root: Root
  readonly key: string
  readonly kind: string
  readonly size: number
  readonly etag: string
  /** Name of the upstream a cached file came from. */
  readonly source: string | undefined
  readonly modifiedAtMs: number
  readonly hits: number
  /** When it was last served; undefined when it never was. */
  readonly lastUsedMs: number | undefined
  /** Some of the packages that hold it. */
  readonly packages: readonly { readonly id: string; readonly tag: string }[]
}

/** A page of symbols; it may hold fewer than `limit` and not be the last. */
export interface SymbolPage {
  readonly symbols: readonly SymbolRecord[]
  readonly next: SymbolPosition | undefined
}

interface Row {
  readonly root: Root
  readonly key: string
  readonly kind: string
  readonly size: number
  readonly etag: string
  readonly source: string | null
  readonly modified_at: number
  readonly hits: number | null
  readonly last_used_at: number | null
}

interface FileRow {
  readonly position: number
  readonly store_key: string | null
  readonly is_newest: number
}

/** Searches the stored files. */
export class SymbolSearch {
  readonly #keys: Statement<[Root, string, number], string>
  readonly #get: Statement<[Root, string], Row>
  readonly #packages: Statement<[string, number], { id: string; tag: string }>
  readonly #packagesOfTag: Statement<[string, string, number], string>
  readonly #files: Statement<[Record<string, string | number>], FileRow>

  constructor(database: Database) {
    this.#keys = database
      .prepare<[Root, string, number], string>(
        'SELECT key FROM blobs WHERE root = ? AND key > ? ORDER BY key LIMIT ?',
      )
      .pluck()
    this.#get = database.prepare(
      `SELECT b.root, b.key, b.kind, b.size, b.etag, b.source, b.modified_at, u.hits, u.last_used_at
       FROM blobs b LEFT JOIN blob_uses u ON u.root = b.root AND u.key = b.key WHERE b.root = ? AND b.key = ?`,
    )
    this.#packages = database.prepare(
      `SELECT p.id, p.tag FROM package_files f CROSS JOIN packages p ON p.id = f.package_id
       WHERE f.store_key = ? AND f.status IN ('stored', 'duplicate') AND p.published = 1
       ORDER BY f.package_id DESC LIMIT ?`,
    )
    this.#packagesOfTag = database
      .prepare<[string, string, number], string>(
        'SELECT id FROM packages WHERE tag = ? AND id <= ? AND published = 1 ORDER BY id DESC LIMIT ?',
      )
      .pluck()
    this.#files = database.prepare(
      `SELECT f.position, f.store_key, NOT EXISTS (
         SELECT 1 FROM package_files g CROSS JOIN packages p ON p.id = g.package_id
         WHERE g.store_key = f.store_key AND g.package_id > f.package_id
           AND g.status IN ('stored', 'duplicate') AND p.tag = @tag AND p.published = 1
       ) AND NOT EXISTS (
         SELECT 1 FROM package_files g WHERE g.store_key = f.store_key AND g.package_id = f.package_id
           AND g.position < f.position AND g.status IN ('stored', 'duplicate')
       ) AS is_newest
       FROM package_files f
       WHERE f.package_id = @package AND f.position > @after AND f.status IN ('stored', 'duplicate')
       ORDER BY f.position LIMIT @limit`,
    )
  }

  /** One page of the symbols that are wanted. */
  async list(query: SymbolQuery): Promise<SymbolPage> {
    const words = query.text?.toLowerCase()
    const holds = (key: string): boolean => words === undefined || key.toLowerCase().includes(words)
    return query.tag === undefined
      ? await this.#listAll(query, holds)
      : await this.#listTag({ ...query, tag: query.tag }, holds)
  }

  async #listAll(
    { text, after, limit }: SymbolQuery,
    holds: (key: string) => boolean,
  ): Promise<SymbolPage> {
    const symbols: SymbolRecord[] = []
    const step = text === undefined ? Math.min(limit + 1, STEP) : STEP
    let { root, key } = after !== undefined && 'key' in after ? after : FIRST
    let examined = 0
    let last: SymbolPosition | undefined
    for (;;) {
      const keys = this.#keys.all(root, key, step)
      for (const candidate of keys) {
        key = candidate
        const row = holds(candidate) ? this.#get.get(root, candidate) : undefined
        if (row === undefined) continue
        if (symbols.length === limit) return { symbols, next: last }
        symbols.push(this.#toRecord(row))
        last = { root, key }
      }
      if (keys.length < step) {
        if (root === 'cache') return { symbols, next: undefined }
        root = 'cache'
        key = ''
      }
      examined += keys.length
      if (examined >= MAX_EXAMINED) return { symbols, next: { root, key } }
      await setImmediate()
    }
  }

  async #listTag(
    { tag, text, after, limit }: SymbolQuery & { tag: string },
    holds: (key: string) => boolean,
  ): Promise<SymbolPage> {
    const symbols: SymbolRecord[] = []
    const step = text === undefined ? Math.min(limit + 1, STEP) : STEP
    const start = after !== undefined && 'packageId' in after ? after : undefined
    // Behind every id: they are digits and small letters.
    let [id] = this.#packagesOfTag.all(tag, start?.packageId ?? '~', 1)
    let file = id === start?.packageId ? (start?.file ?? -1) : -1
    let examined = 0
    let last: SymbolPosition | undefined
    while (id !== undefined) {
      const rows = this.#files.all({ tag, package: id, after: file, limit: step })
      for (const { position, store_key: key, is_newest: isNewest } of rows) {
        file = position
        // What several packages of the tag hold is listed once.
        const row =
          key !== null && isNewest === 1 && holds(key) ? this.#get.get('hosted', key) : undefined
        if (row === undefined) continue
        if (symbols.length === limit) return { symbols, next: last }
        symbols.push(this.#toRecord(row))
        last = { packageId: id, file }
      }
      if (rows.length < step) {
        id = this.#packagesOfTag.all(tag, id, 2).at(1)
        file = -1
      }
      examined += rows.length + 1
      if (id !== undefined && examined >= MAX_EXAMINED)
        return { symbols, next: { packageId: id, file } }
      await setImmediate()
    }
    return { symbols, next: undefined }
  }

  #toRecord(row: Row): SymbolRecord {
    const { root, key, kind, size, etag } = row
    const hits = row.hits ?? 0
    return {
      root,
      key,
      kind,
      size,
      etag,
      source: row.source ?? undefined,
      modifiedAtMs: row.modified_at,
      hits,
      lastUsedMs: hits > 0 ? (row.last_used_at ?? undefined) : undefined,
      packages: root === 'hosted' ? this.#packages.all(key, MAX_PACKAGES) : [],
    }
  }
}

const FIRST: { readonly root: Root; readonly key: string } = { root: 'hosted', key: '' }
