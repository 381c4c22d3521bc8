import { createHash, timingSafeEqual } from 'node:crypto'
import { AppError } from '../lib/app-error.ts'
import { randomBase32 } from '../lib/random-base32.ts'
import type { Scope, TokenRecord, TokenTable } from '../db/token-table.ts'

/** Characters of a token: the public id, by which it is found, then the secret (160 bits). */
const ID_LENGTH = 8
const SECRET_LENGTH = 32

const TOKEN = new RegExp(`^[a-z2-7]{${ID_LENGTH + SECRET_LENGTH}}$`)

/** A name is for lists and logs. */
const MAX_NAME_CHARACTERS = 200

/** Each file of an upload is compared with every pattern. */
const MAX_PATTERNS = 100
const MAX_PATTERN_CHARACTERS = 200

/** `lastUsed` is written at most this often, so that a busy token is no write per request. */
const LAST_USE_STEP_MS = 60_000

/** A token as lists show it: never its secret. */
export type TokenInfo = Omit<TokenRecord, 'hash'>

/** What a presented token was found to be; `invalid` says why, for the person who has to fix it. */
export type TokenCheck =
  | { readonly kind: 'valid'; readonly token: TokenInfo }
  | { readonly kind: 'invalid'; readonly reason: 'unknown' | 'expired' }

/**
 * Makes, checks and revokes tokens.
 *
 * A token is 40 characters of lower-case base32, compared without case because debuggers lower-case
 * what stands in a URL (WinDbg-Feedback#212). Only its SHA-256 is kept.
 */
export class TokenService {
  readonly #table: TokenTable
  readonly #now: () => number

  constructor({ table, now = Date.now }: { table: TokenTable; now?: () => number }) {
    this.#table = table
    this.#now = now
  }

  /** Makes a token; its text can be had only now. */
  create(options: {
    scope: Scope
    name: string
    expiresInMs?: number | undefined
    /** Patterns of the tags and file names that it may upload; none: all. */
    tags?: readonly string[] | undefined
    names?: readonly string[] | undefined
    /** Whether the first use takes the expiry off. */
    expiresUnlessUsed?: boolean
  }): { text: string; token: TokenInfo } {
    const { tags = [], names = [] } = options
    checkPatterns('tags', tags, options.scope)
    checkPatterns('names', names, options.scope)
    if (options.name.length > MAX_NAME_CHARACTERS) {
      throw new AppError(
        'request_invalid',
        `the name of a token has at most ${MAX_NAME_CHARACTERS} characters`,
      )
    }
    const id = randomBase32(ID_LENGTH)
    const text = id + randomBase32(SECRET_LENGTH)
    const createdAtMs = this.#now()
    const token = {
      id,
      scope: options.scope,
      name: options.name,
      tags,
      names,
      createdAtMs,
      expiresAtMs:
        options.expiresInMs === undefined ? undefined : createdAtMs + options.expiresInMs,
    }
    this.#table.add({ ...token, hash: hash(text) }, options.expiresUnlessUsed)
    return { text, token: { ...token, lastUsedAtMs: undefined } }
  }

  /**
   * Makes a token of a text that was made elsewhere, in the place of others with this scope and name. Fails with
   * `config_invalid` for a text that is no token.
   */
  adopt(text: string, { scope, name }: { scope: Scope; name: string }): void {
    const lower = text.toLowerCase()
    if (!TOKEN.test(lower)) {
      throw new AppError(
        'config_invalid',
        `${name} holds no token; allowed: ${ID_LENGTH + SECRET_LENGTH} characters of a to z and 2 to 7`,
      )
    }
    const check = this.check(lower)
    if (check.kind === 'valid' && check.token.scope === scope && check.token.name === name) return
    const id = lower.slice(0, ID_LENGTH)
    for (const other of this.#table.list())
      if (other.id === id || (other.scope === scope && other.name === name))
        this.#table.remove(other.id)
    const createdAtMs = this.#now()
    const token = { id, scope, name, tags: [], names: [], createdAtMs, expiresAtMs: undefined }
    this.#table.add({ ...token, hash: hash(lower) })
  }

  /** Finds out what a presented token is worth, in a time that does not tell how much of it was right. */
  check(presented: string): TokenCheck {
    const text = presented.toLowerCase()
    const record = this.#table.get(text.slice(0, ID_LENGTH))
    if (record === undefined || !timingSafeEqual(record.hash, hash(text)))
      return { kind: 'invalid', reason: 'unknown' }
    const now = this.#now()
    if (record.expiresAtMs !== undefined && record.expiresAtMs <= now)
      return { kind: 'invalid', reason: 'expired' }
    if (now - (record.lastUsedAtMs ?? 0) >= LAST_USE_STEP_MS) this.#noteUse(record.id, now)
    return { kind: 'valid', token: withoutHash(record) }
  }

  /** The token with this id while it is in force, or undefined. */
  find(id: string): TokenInfo | undefined {
    const record = this.#table.get(id)
    const hasExpired = record?.expiresAtMs !== undefined && record.expiresAtMs <= this.#now()
    return record === undefined || hasExpired ? undefined : withoutHash(record)
  }

  /** All tokens, the oldest first. */
  list(): readonly TokenInfo[] {
    return this.#table.list().map(withoutHash)
  }

  /** Makes the token worthless from now on. Fails with `not_found` when there is none with this id. */
  revoke(id: string): void {
    if (!this.#table.remove(id.toLowerCase()))
      throw new AppError('not_found', `there is no token ${JSON.stringify(id)}`)
  }

  #noteUse(id: string, now: number): void {
    try {
      this.#table.setLastUsed(id, now)
    } catch {
      // The disk is full: downloads go on.
    }
  }
}

function checkPatterns(what: 'tags' | 'names', patterns: readonly string[], scope: Scope): void {
  if (patterns.length === 0) return
  if (scope !== 'upload') {
    throw new AppError(
      'request_invalid',
      `${what}: only tokens of scope upload can be limited, not ${scope}`,
    )
  }
  const isGood = (pattern: string): boolean =>
    pattern !== '' && pattern.length <= MAX_PATTERN_CHARACTERS && !/\p{Cc}/u.test(pattern)
  if (patterns.length <= MAX_PATTERNS && patterns.every(isGood)) return
  throw new AppError(
    'request_invalid',
    `${what}: at most ${MAX_PATTERNS} patterns of 1 to ${MAX_PATTERN_CHARACTERS} characters are allowed`,
  )
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function withoutHash(record: TokenRecord): TokenInfo {
  const { hash: _, ...info } = record
  return info
}
