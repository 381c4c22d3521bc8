import { AppError } from './app-error.ts'

interface Waiter {
  readonly grant: () => void
  readonly timer: NodeJS.Timeout | undefined
}

/**
 * Lets at most `permits` holders run at once; others wait in order.
 *
 * `run` fails with `busy` at once when `maxWaiting` others wait already, or when its turn has not come
 * after `maxWaitMs`. Both are without bound unless given. `setting` names what decides `permits`, for their messages.
 */
export class Semaphore {
  readonly #maxWaiting: number
  readonly #maxWaitMs: number | undefined
  readonly #why: string
  readonly #waiting: Waiter[] = []
  #free: number

  constructor(
    permits: number,
    bounds: { maxWaiting?: number; maxWaitMs?: number; setting?: string } = {},
  ) {
    this.#free = permits
    this.#maxWaiting = bounds.maxWaiting ?? Infinity
    this.#maxWaitMs = bounds.maxWaitMs
    this.#why = bounds.setting === undefined ? '' : ` (${bounds.setting}: ${permits} at once)`
  }

  /** Runs `work` when a permit is free and gives the permit back whatever comes of it. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#acquire()
    try {
      return await work()
    } finally {
      this.#release()
    }
  }

  async #acquire(): Promise<void> {
    if (this.#free > 0) {
      this.#free--
      return
    }
    if (this.#waiting.length >= this.#maxWaiting)
      throw new AppError('busy', `too many requests wait already${this.#why}`)
    await new Promise<void>((grant, fail) => {
      const timer =
        this.#maxWaitMs === undefined
          ? undefined
          : setTimeout(() => {
              this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
              fail(new AppError('busy', `no turn came within ${this.#maxWaitMs} ms${this.#why}`))
            }, this.#maxWaitMs)
      const waiter: Waiter = { grant, timer }
      this.#waiting.push(waiter)
    })
  }

  #release(): void {
    const next = this.#waiting.shift()
    if (next === undefined) {
      this.#free++
      return
    }
    clearTimeout(next.timer)
    next.grant()
  }
}
