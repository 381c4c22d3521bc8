import type { Database, Statement } from 'better-sqlite3'
import { parseStrings } from './parse-strings.ts'

/** What a token may do; each includes the ones before it, but `download` is of no use to an uploader's URL. */
export type Scope = 'download' | 'upload' | 'admin'

/** A token as it is kept: its secret only as a hash. */
export interface TokenRecord {
  readonly id: string
  /** SHA-256 of the whole token in lower case. */
  readonly hash: Buffer
  readonly scope: Scope
  readonly name: string
  /** Patterns of the tags and file names that it may upload; empty: all. */
  readonly tags: readonly string[]
  readonly names: readonly string[]
  readonly createdAtMs: number
  readonly expiresAtMs: number | undefined
  readonly lastUsedAtMs: number | undefined
}

interface Row {
  readonly id: string
  readonly hash: Buffer
  readonly scope: Scope
  readonly name: string
  readonly tags: string | null
  readonly names: string | null
  readonly created_at: number
  readonly expires_at: number | null
  readonly last_used_at: number | null
}

/** The tokens, by their public id. */
export class TokenTable {
  readonly #insert: Statement
  readonly #get: Statement<[string], Row>
  readonly #list: Statement<[], Row>
  readonly #remove: Statement<[string]>
  readonly #used: Statement<[number, string]>

  constructor(database: Database) {
    this.#insert = database.prepare(
      'INSERT INTO tokens (id, hash, scope, name, tags, names, created_at, expires_at, expires_unless_used) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    this.#get = database.prepare('SELECT * FROM tokens WHERE id = ?')
    this.#list = database.prepare('SELECT * FROM tokens ORDER BY created_at, id')
    this.#remove = database.prepare('DELETE FROM tokens WHERE id = ?')
    this.#used = database.prepare(
      'UPDATE tokens SET last_used_at = ?, expires_at = iif(expires_unless_used, NULL, expires_at), expires_unless_used = 0 WHERE id = ?',
    )
  }

  /** Keeps the token; `expiresUnlessUsed` makes its first use take the expiry off. */
  add(token: Omit<TokenRecord, 'lastUsedAtMs'>, expiresUnlessUsed = false): void {
    this.#insert.run(
      token.id,
      token.hash,
      token.scope,
      token.name,
      JSON.stringify(token.tags),
      JSON.stringify(token.names),
      token.createdAtMs,
      token.expiresAtMs ?? null,
      expiresUnlessUsed ? 1 : 0,
    )
  }

  get(id: string): TokenRecord | undefined {
    const row = this.#get.get(id)
    return row && toToken(row)
  }

  /** All tokens, the oldest first. */
  list(): readonly TokenRecord[] {
    return this.#list.all().map(toToken)
  }

  /** Whether there was such a token to remove. */
  remove(id: string): boolean {
    return this.#remove.run(id).changes > 0
  }

  setLastUsed(id: string, atMs: number): void {
    this.#used.run(atMs, id)
  }
}

function toToken(row: Row): TokenRecord {
  return {
    id: row.id,
    hash: row.hash,
    scope: row.scope,
    name: row.name,
    tags: parseStrings(row.tags ?? '[]'),
    names: parseStrings(row.names ?? '[]'),
    createdAtMs: row.created_at,
    expiresAtMs: row.expires_at ?? undefined,
    lastUsedAtMs: row.last_used_at ?? undefined,
  }
}
