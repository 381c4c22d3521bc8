import { AppError } from '../lib/app-error.ts'
import type { CheckRequest, CheckResult } from './check-result.ts'
import { CheckRun } from './check-run.ts'
import type { CheckerOptions } from './checker-options.ts'

/**
 * Compares index, stores and contents, at a rate that leaves room for serving. A check changes nothing
 * unless it repairs: then damaged files are set aside where nobody finds them, rows of files that are not
 * there go, and files without a row are taken in if their content is what their path says.
 */
export class Checker {
  readonly #options: CheckerOptions
  readonly #stop = new AbortController()
  #running: Promise<CheckResult> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(options: CheckerOptions) {
    this.#options = options
  }

  /** Checks by itself from now on, going on where the last process was cut off; what it finds, it only tells. */
  start(): void {
    const { intervalMs, log } = this.#options
    if (intervalMs === undefined) return
    this.#timer = setTimeout(() => {
      this.run({ isRepair: false, sample: 1, isResumed: true })
        .catch((err: unknown) => {
          if (!this.#stop.signal.aborted) log.error({ err }, 'check failed')
        })
        .finally(() => {
          if (!this.#stop.signal.aborted) this.start()
        })
    }, intervalMs).unref()
  }

  /**
   * Checks everything. Fails with `busy` while another check or a reindex runs, with `read_only` when it
   * should repair a store that may not be written.
   */
  async run(request: CheckRequest): Promise<CheckResult> {
    if (this.#running !== undefined) throw new AppError('busy', 'a check runs already')
    if (request.isRepair && this.#options.isReadOnly)
      throw new AppError(
        'read_only',
        'the store is only read here: it is repaired where it is written',
      )
    if (this.#options.isIndexing()) throw new AppError('busy', 'the index is being rebuilt')
    const check = new CheckRun(request, this.#options, this.#stop.signal)
    this.#running = check.run().finally(() => {
      this.#running = undefined
    })
    return await this.#running
  }

  /** Cuts off the check that runs, and waits for that; the next may be resumed. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#stop.abort(new Error('the server stops'))
    await this.#running?.catch(() => {})
  }
}
