import type { Database, Statement } from 'better-sqlite3'
import { parseStrings } from './parse-strings.ts'

/** A row of a package that holds some bytes. */
export interface Holding {
  readonly packageId: string
  /** Place of the row in the package's manifest. */
  readonly position: number
  readonly storeKey: string
}

interface Row {
  readonly package_id: string
  readonly position: number
  readonly store_key: string
}

interface FileRow {
  readonly path: string
  readonly keys: string
}

/** Copies of the same bytes under other keys that are looked at: one is enough, were it not for stale rows. */
const MAX_COPIES = 100

/** Rows under one key that are looked at when its bytes are, or are to be, replaced. */
const MAX_ROWS = 10_000

/** Which packages hold which bytes: what has to stay when one of them goes. */
export class PackageHoldings {
  readonly #heir: Statement<[string, string, string], Row>
  readonly #copies: Statement<[string, string, string], Row>
  readonly #at: Statement<[string, string], Row>
  readonly #files: Statement<[string, string], FileRow>

  constructor(database: Database) {
    const select = `SELECT f.package_id, f.position, f.store_key
      FROM package_files f JOIN packages p ON p.id = f.package_id AND p.published = 1`
    this.#heir = database.prepare(
      `${select} WHERE f.sha256 = ? AND f.store_key = ? AND f.package_id <> ?
       ORDER BY f.package_id DESC LIMIT 1`,
    )
    this.#copies = database.prepare(
      `${select} WHERE f.sha256 = ? AND f.store_key <> ? AND f.package_id <> ? LIMIT ${MAX_COPIES}`,
    )
    this.#at = database.prepare(
      `${select} WHERE f.store_key = ? AND f.package_id <> ? LIMIT ${MAX_ROWS}`,
    )
    this.#files = database.prepare(
      `SELECT DISTINCT f.path, f.keys
       FROM package_files f JOIN packages p ON p.id = f.package_id AND p.published = 1
       WHERE f.sha256 = ? AND f.store_key = ? LIMIT ${MAX_ROWS}`,
    )
  }

  /** The newest package but `exceptId` that holds these bytes under this key. */
  heir(sha256: string, storeKey: string, exceptId: string): Holding | undefined {
    const row = this.#heir.get(sha256, storeKey, exceptId)
    return row && toHolding(row)
  }

  /** Other packages than `exceptId` that hold these bytes by another key than this. */
  copies(sha256: string, storeKey: string, exceptId: string): readonly Holding[] {
    return this.#copies.all(sha256, storeKey, exceptId).map(toHolding)
  }

  /** Rows of other packages than `exceptId` under this key, whatever their bytes. */
  at(storeKey: string, exceptId: string): readonly Holding[] {
    return this.#at.all(storeKey, exceptId).map(toHolding)
  }

  /** The paths by which these bytes under this key came, each with the keys that they had. */
  files(sha256: string, storeKey: string): readonly { path: string; keys: readonly string[] }[] {
    return this.#files
      .all(sha256, storeKey)
      .map(({ path, keys }) => ({ path, keys: parseStrings(keys) }))
  }
}

function toHolding(row: Row): Holding {
  return { packageId: row.package_id, position: row.position, storeKey: row.store_key }
}
