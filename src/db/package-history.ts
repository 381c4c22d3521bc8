import { setImmediate } from 'node:timers/promises'
import type { Database, Statement } from 'better-sqlite3'
import { timePrefix } from '../lib/time-prefix.ts'
import { parseStrings } from './parse-strings.ts'
import type { PackageFileRecord, PackageSummary, PackageVerdict } from './package-record.ts'

/** Rows looked at in one go while searching for a text: about a millisecond of the event loop. */
const STEP = 500

/** Rows that one search looks at before it gives back what it has. */
const MAX_EXAMINED = 100_000

/** Ids begin with a time that is not further from the time of receipt: Breakpad's uploads are announced before. */
const ID_SLACK_MS = 24 * 3600 * 1000

/** Which packages are wanted; the newest come first. */
export interface PackageQuery {
  readonly tag: string | undefined
  readonly verdict: PackageVerdict | undefined
  /** A text in id, tag, product, version, comment or reason of refusal, compared without case. */
  readonly text: string | undefined
  /** Only packages that were received at this time or after it, in milliseconds since 1970. */
  readonly sinceMs?: number | undefined
  /** Only packages that were received before this time. */
  readonly untilMs?: number | undefined
  /** Only packages that came before this one. */
  readonly before: string | undefined
  readonly limit: number
}

/** A page of packages; `next` is the `before` of the page that follows, undefined at the end. */
export interface PackagePage {
  readonly packages: readonly PackageSummary[]
  readonly next: string | undefined
}

interface Row {
  readonly id: string
  readonly tag: string
  readonly product: string | null
  readonly version: string | null
  readonly comment: string | null
  readonly build: string | null
  readonly protected: number
  readonly verdict: PackageVerdict
  readonly published: number
  readonly token_id: string | null
  readonly sent_bytes: number | null
  readonly size: number
  readonly stored: number
  readonly duplicates: number
  readonly conflicts: number
  readonly skipped: number
  readonly rejected: number
  readonly alerts: number
  readonly error_code: string | null
  readonly error_message: string | null
  readonly received_at: number
  readonly finished_at: number | null
}

interface FileRow {
  readonly position: number
  readonly path: string
  readonly status: string
  readonly reason: string | null
  readonly alert: string | null
  readonly store_key: string | null
  readonly size: number | null
  readonly sha256: string | null
  readonly keys: string
}

/** Reads the packages that `PackageTable` writes. */
export class PackageHistory {
  readonly #get: Statement<[string], Row>
  readonly #files: Statement<[string, number, number], FileRow>
  readonly #all: Statement<[string, number], Row>
  readonly #byTag: Statement<[string, string, number], Row>
  readonly #byVerdict: Statement<[string, string, number], Row>
  readonly #byBoth: Statement<[string, string, string, number], Row>

  constructor(database: Database) {
    const end = 'id < ? ORDER BY id DESC LIMIT ?'
    this.#get = database.prepare('SELECT * FROM packages WHERE id = ?')
    this.#files = database.prepare(
      'SELECT * FROM package_files WHERE package_id = ? AND position > ? ORDER BY position LIMIT ?',
    )
    this.#all = database.prepare(`SELECT * FROM packages WHERE ${end}`)
    this.#byTag = database.prepare(`SELECT * FROM packages WHERE tag = ? AND ${end}`)
    this.#byVerdict = database.prepare(`SELECT * FROM packages WHERE verdict = ? AND ${end}`)
    this.#byBoth = database.prepare(
      `SELECT * FROM packages WHERE tag = ? AND verdict = ? AND ${end}`,
    )
  }

  /** The package with this id, or undefined. */
  get(id: string): PackageSummary | undefined {
    const row = this.#get.get(id)
    return row && toSummary(row)
  }

  /** Files of a package in their order, behind position `after` (-1 for the first); each with its position. */
  files(
    id: string,
    after: number,
    limit: number,
  ): readonly (PackageFileRecord & { readonly position: number })[] {
    return this.#files.all(id, after, limit).map(toFile)
  }

  /** One page of the packages that are wanted; it may hold fewer than `limit` and not be the last. */
  async list(query: PackageQuery): Promise<PackagePage> {
    const { tag, verdict, text, sinceMs = -Infinity, untilMs = Infinity, before, limit } = query
    const found: PackageSummary[] = []
    const end = timePrefix(untilMs + ID_SLACK_MS)
    // Behind every id: they are digits and small letters.
    let position = before ?? '~'
    if (untilMs !== Infinity && end < position) position = end
    const oldest = timePrefix(sinceMs - ID_SLACK_MS)
    const isWanted = wantedBy({ words: text?.toLowerCase(), sinceMs, untilMs })
    const isSearch = text !== undefined || sinceMs !== -Infinity || untilMs !== Infinity
    for (let examined = 0; examined < MAX_EXAMINED;) {
      const step = isSearch ? STEP : limit + 1
      const rows = this.#rows(tag, verdict, position, step)
      for (const row of rows) {
        if (sinceMs !== -Infinity && row.id < oldest) return { packages: found, next: undefined }
        if (!isWanted(row)) continue
        if (found.length === limit) return { packages: found, next: found.at(-1)?.id }
        found.push(toSummary(row))
      }
      if (rows.length < step) return { packages: found, next: undefined }
      examined += rows.length
      position = rows.at(-1)?.id ?? position
      await setImmediate()
    }
    return { packages: found, next: position }
  }

  #rows(
    tag: string | undefined,
    verdict: string | undefined,
    before: string,
    limit: number,
  ): readonly Row[] {
    if (tag !== undefined && verdict !== undefined)
      return this.#byBoth.all(tag, verdict, before, limit)
    if (tag !== undefined) return this.#byTag.all(tag, before, limit)
    if (verdict !== undefined) return this.#byVerdict.all(verdict, before, limit)
    return this.#all.all(before, limit)
  }
}

function wantedBy(query: {
  readonly words: string | undefined
  readonly sinceMs: number
  readonly untilMs: number
}): (row: Row) => boolean {
  const { words, sinceMs, untilMs } = query
  return (row) =>
    row.received_at >= sinceMs &&
    row.received_at < untilMs &&
    (words === undefined || holds(row, words))
}

function holds(row: Row, words: string): boolean {
  return [row.id, row.tag, row.product, row.version, row.comment, row.error_message].some((text) =>
    text?.toLowerCase().includes(words),
  )
}

function toSummary(row: Row): PackageSummary {
  const { id, tag, verdict, size, error_code: code } = row
  const { stored, duplicates, conflicts, skipped, rejected, alerts } = row
  return {
    id,
    tag,
    product: row.product ?? undefined,
    version: row.version ?? undefined,
    comment: row.comment ?? undefined,
    build: row.build ?? undefined,
    protected: row.protected === 1,
    verdict,
    isPublished: row.published === 1,
    tokenId: row.token_id ?? undefined,
    sentBytes: row.sent_bytes ?? undefined,
    size,
    counts: { stored, duplicates, conflicts, skipped, rejected, alerts },
    error: code === null ? undefined : { code, message: row.error_message ?? '' },
    receivedAtMs: row.received_at,
    finishedAtMs: row.finished_at ?? undefined,
  }
}

function toFile(row: FileRow): PackageFileRecord & { readonly position: number } {
  return {
    position: row.position,
    path: row.path,
    status: row.status,
    reason: row.reason ?? undefined,
    alert: row.alert ?? undefined,
    storeKey: row.store_key ?? undefined,
    size: row.size ?? undefined,
    sha256: row.sha256 ?? undefined,
    keys: parseStrings(row.keys),
  }
}
