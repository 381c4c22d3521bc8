import { setTimeout } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { AppError } from '../lib/app-error.ts'

/** The first failed sign-in is answered after this, each further one after twice the time, up to the second. */
const FIRST_DELAY_MS = 250
const MAX_DELAY_MS = 8000

/** An address without failures for this long starts anew. */
const FORGET_AFTER_MS = 15 * 60_000

/** Addresses that are remembered, and failed sign-ins of all that wait for their answer. */
const MAX_ADDRESSES = 10_000
const MAX_WAITING = 100

/**
 * Slows whoever tries tokens: each failure of an address is answered later than the one before. A right
 * token is never kept waiting, so that nobody can lock the administrator out.
 */
export class SignInBrake {
  readonly #failures = new LRUCache<string, number>({ max: MAX_ADDRESSES, ttl: FORGET_AFTER_MS })
  readonly #sleep: (ms: number) => Promise<void>
  #waiting = 0

  constructor(sleep: (ms: number) => Promise<void> = setTimeout) {
    this.#sleep = sleep
  }

  /** Waits as long as this failure of the address costs. Fails with `busy` when too many are waiting already. */
  async failed(address: string): Promise<void> {
    const failures = this.#failures.get(address) ?? 0
    this.#failures.set(address, failures + 1)
    if (this.#waiting >= MAX_WAITING)
      throw new AppError('busy', 'too many failed sign-ins; try again in a moment')
    this.#waiting++
    try {
      await this.#sleep(Math.min(FIRST_DELAY_MS * 2 ** Math.min(failures, 16), MAX_DELAY_MS))
    } finally {
      this.#waiting--
    }
  }

  /** The address has presented a right token. */
  succeeded(address: string): void {
    this.#failures.delete(address)
  }
}
