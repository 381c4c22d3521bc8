import { randomBytes, timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { TokenInfo, TokenService } from './token-service.ts'

/** A session that nobody uses ends after this, and every one after the second. */
const IDLE_MS = 8 * 3_600_000
const LIFE_MS = 7 * 86_400_000

/** Sessions at once; more are nobody's administrators. */
const MAX_SESSIONS = 1000

/** A person who has signed in to the page with a token. */
export interface Session {
  /** What the cookie holds; it is the session's secret. */
  readonly id: string
  /** What forms send back, so that other sites' forms are not taken for ours. */
  readonly csrf: string
  readonly token: TokenInfo
}

interface Entry {
  readonly csrf: string
  readonly tokenId: string
  readonly endsAtMs: number
  seenAtMs: number
  notices: string[]
}

/** Who is signed in to the page. Sessions live in memory: a restart ends them, as does the end of their token. */
export class SessionService {
  readonly #tokens: TokenService
  readonly #now: () => number
  readonly #entries = new LRUCache<string, Entry>({ max: MAX_SESSIONS })

  constructor({ tokens, now = Date.now }: { tokens: TokenService; now?: () => number }) {
    this.#tokens = tokens
    this.#now = now
  }

  /** Begins a session for whoever has presented this token; gives its id. */
  begin(token: TokenInfo): string {
    const id = randomBytes(32).toString('base64url')
    const now = this.#now()
    this.#entries.set(id, {
      csrf: randomBytes(24).toString('base64url'),
      tokenId: token.id,
      endsAtMs: now + LIFE_MS,
      seenAtMs: now,
      notices: [],
    })
    return id
  }

  /** The session with this id, or undefined when it has ended or its token is no longer in force. */
  find(id: string): Session | undefined {
    const entry = this.#entries.get(id)
    if (entry === undefined) return undefined
    const now = this.#now()
    const token = this.#tokens.find(entry.tokenId)
    if (token === undefined || now >= entry.endsAtMs || now - entry.seenAtMs >= IDLE_MS) {
      this.end(id)
      return undefined
    }
    entry.seenAtMs = now
    return { id, csrf: entry.csrf, token }
  }

  end(id: string): void {
    this.#entries.delete(id)
  }

  /** Keeps a sentence for the next page that the session sees. */
  notify(id: string, notice: string): void {
    this.#entries.get(id)?.notices.push(notice)
  }

  /** The sentences kept for the session, once. */
  takeNotices(id: string): readonly string[] {
    return this.#entries.get(id)?.notices.splice(0) ?? []
  }
}

/** Whether a form's text is the session's, in a time that does not tell how much of it is right. */
export function isOwnForm({ csrf }: Session, sent: string): boolean {
  const [own, other] = [Buffer.from(csrf), Buffer.from(sent)]
  return own.length === other.length && timingSafeEqual(own, other)
}
