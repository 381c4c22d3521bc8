import { setTimeout } from 'node:timers/promises'

/** Most that is saved up by doing nothing. */
const BURST_MS = 1000

/** Holds work to so many bytes a second on the average. */
export class Throttle {
  readonly #bytesPerMs: number
  #paidUntilMs = 0

  /** Infinity: as fast as it goes. */
  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / 1000
  }

  /** Waits until this many bytes more are within the rate. Rejects when `signal` is aborted. */
  async spend(bytes: number, signal: AbortSignal): Promise<void> {
    const now = performance.now()
    this.#paidUntilMs = Math.max(this.#paidUntilMs, now - BURST_MS) + bytes / this.#bytesPerMs
    const waitMs = this.#paidUntilMs - now
    if (waitMs > 0) await setTimeout(waitMs, undefined, { signal })
  }
}
