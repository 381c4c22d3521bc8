import { LRUCache } from 'lru-cache'

/** The time that the quota is for. */
const WINDOW_MS = 3_600_000

/** Clients that are kept apart, some 10 MB when full. */
const MAX_CLIENTS = 50_000

interface Window {
  readonly endsAtMs: number
  paths: number
}

export interface NewPathQuotaOptions {
  /** Paths that one client may ask for in an hour without their being known here; Infinity: any number. */
  readonly maxPaths: number
  /** Told when a client has come to the end of its quota, once an hour. */
  readonly exceeded?: (client: string) => void
  /** Of a clock that never jumps. */
  readonly now?: () => number
}

/**
 * How many paths that nobody knows yet a client may ask for: each costs questions to upstreams and a row
 * among the misses, and a stranger can invent any number.
 */
export class NewPathQuota {
  readonly #options: NewPathQuotaOptions
  readonly #now: () => number
  readonly #windows = new LRUCache<string, Window>({ max: MAX_CLIENTS })

  constructor(options: NewPathQuotaOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  /** Counts one more path of the client; false when it is one too many. */
  admit(client: string): boolean {
    const { maxPaths, exceeded } = this.#options
    const now = this.#now()
    let window = this.#windows.get(client)
    if (window === undefined || now >= window.endsAtMs) {
      window = { endsAtMs: now + WINDOW_MS, paths: 0 }
      this.#windows.set(client, window)
    }
    window.paths++
    if (window.paths <= maxPaths) return true
    if (window.paths === maxPaths + 1) exceeded?.(client)
    return false
  }
}
