import { LRUCache } from 'lru-cache'

/** Addresses whose failures are remembered; beyond, the ones that failed longest ago get a fresh start. */
const MAX_ADDRESSES = 10_000

/** How long a failure is remembered. */
const WINDOW_MS = 10 * 60_000

const STEP_MS = 250
const MAX_DELAY_MS = 3000

/** Answers that wait at once; beyond, they come without delay, lest waiting itself becomes a load. */
const MAX_WAITING = 500

/** Slows down addresses that present one wrong token after another, so that guessing is not worth it. */
export class FailedChecks {
  readonly #freeFailures: number
  readonly #failures = new LRUCache<string, number>({ max: MAX_ADDRESSES, ttl: WINDOW_MS })
  #waiting = 0

  /** `freeFailures` cost nothing: a build agent with an old token is no attacker. */
  constructor({ freeFailures }: { readonly freeFailures: number }) {
    this.#freeFailures = freeFailures
  }

  /** Notes a failure of this address and waits as long as it has deserved by now, `maxDelayMs` at most. */
  async failed(address: string, maxDelayMs = MAX_DELAY_MS): Promise<void> {
    const failures = (this.#failures.get(address) ?? 0) + 1
    this.#failures.set(address, failures)
    const delayMs = Math.min(this.delayOf(address), maxDelayMs)
    if (delayMs === 0 || this.#waiting >= MAX_WAITING) return
    this.#waiting++
    await new Promise<void>((resolve) => void setTimeout(resolve, delayMs).unref())
    this.#waiting--
  }

  /** How long an answer to the next wrong token of this address waits, in milliseconds. */
  delayOf(address: string): number {
    const failures = this.#failures.get(address) ?? 0
    return Math.min(Math.max(0, failures - this.#freeFailures) * STEP_MS, MAX_DELAY_MS)
  }
}
