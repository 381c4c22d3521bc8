/** How long aborted work gets to notice it; what has not ended by then is left to the end of the process. */
const ABORTED_MS = 10_000

/** Work that runs, so that a stop can wait for it, and abort what takes too long. */
export class RunningWork {
  readonly #running = new Set<Promise<unknown>>()
  readonly #abort = new AbortController()

  /** Aborted when the work is to end unfinished. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Runs work that a stop waits for; gives what it comes to. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const running = work()
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  /** Waits up to `graceMs` for all that runs, begun meanwhile or before; then aborts it with `reason` and waits a little. */
  async close(graceMs: number, reason: Error): Promise<void> {
    await this.#settle(graceMs)
    this.#abort.abort(reason)
    await this.#settle(ABORTED_MS)
  }

  async #settle(boundMs: number): Promise<void> {
    const { promise: bound, resolve } = Promise.withResolvers<'late'>()
    const timer = setTimeout(() => resolve('late'), boundMs)
    while (this.#running.size > 0) {
      if ((await Promise.race([bound, Promise.allSettled(this.#running)])) === 'late') break
    }
    clearTimeout(timer)
  }
}
