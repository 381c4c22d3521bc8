import type { Database, Statement } from 'better-sqlite3'

/** Settings of an upstream that were made through the API. */
export interface UpstreamRecord {
  readonly name: string
  /** As JSON: of a preset only what differs from it. */
  readonly written: string
  readonly createdAtMs: number
}

interface Row {
  readonly name: string
  readonly written: string
  readonly created_at: number
}

/** Upstreams that are managed through the API. */
export class UpstreamTable {
  readonly #all: Statement<[], Row>
  readonly #put: Statement<[string, string, number]>
  readonly #remove: Statement<[string]>

  constructor(database: Database) {
    this.#all = database.prepare('SELECT * FROM upstreams ORDER BY created_at, name')
    this.#put = database.prepare(
      `INSERT INTO upstreams (name, written, created_at) VALUES (?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET written = excluded.written`,
    )
    this.#remove = database.prepare('DELETE FROM upstreams WHERE name = ?')
  }

  all(): readonly UpstreamRecord[] {
    return this.#all
      .all()
      .map(({ name, written, created_at: createdAtMs }) => ({ name, written, createdAtMs }))
  }

  /** Writes the settings over older ones, whose time stays. */
  put({ name, written, createdAtMs }: UpstreamRecord): void {
    this.#put.run(name, written, createdAtMs)
  }

  remove(name: string): void {
    this.#remove.run(name)
  }
}
