import type { BlobTable } from '../db/blob-table.ts'
import type { RetentionTable } from '../db/retention-table.ts'
import type { UseTable } from '../db/use-table.ts'
import { AppError } from '../lib/app-error.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { planRetention, type Expiry } from './plan-retention.ts'
import type { RetentionRules } from './retention-rules.ts'

/** The first sweep of a process comes so long after its start, or after `intervalMs` where that is less. */
const FIRST_AFTER_MS = 5 * 60_000

export interface SweeperOptions {
  readonly rules: RetentionRules
  /** How often a sweep begins by itself; undefined: never. */
  readonly intervalMs: number | undefined
  readonly table: RetentionTable
  readonly blobs: BlobTable
  readonly uses: UseTable
  /** Deletes a package; gives what has gone with it. */
  readonly remove: (id: string) => Promise<{ readonly files: number; readonly bytes: number }>
  readonly metrics: Metrics
  readonly log: Logger
}

/** What a sweep has removed, or would. */
export interface SweepResult {
  readonly isDryRun: boolean
  readonly packages: readonly Expiry[]
}

/** Lets packages go that the rules keep no longer: one after the other, uploads having their turns between. */
export class Sweeper {
  readonly #options: SweeperOptions
  readonly #stop = new AbortController()
  #running: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  constructor(options: SweeperOptions) {
    this.#options = options
  }

  /** Sweeps by itself from now on. */
  start(): void {
    const { intervalMs } = this.#options
    if (intervalMs !== undefined) this.#schedule(Math.min(intervalMs, FIRST_AFTER_MS))
  }

  /** Removes what is to go, or only says what; after a sweep that runs. Rejects when the server stops. */
  async sweep({ isDryRun }: { readonly isDryRun: boolean }): Promise<SweepResult> {
    const sweep = this.#running.then(() => this.#sweep(isDryRun))
    this.#running = sweep.catch(() => {})
    return await sweep
  }

  /** Ends what runs, after the package that is being removed. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#stop.abort(new Error('the server stops'))
    await this.#running
  }

  #schedule(afterMs: number): void {
    const { intervalMs, log } = this.#options
    this.#timer = setTimeout(() => {
      this.sweep({ isDryRun: false })
        .catch((err: unknown) => {
          if (this.#stop.signal.aborted) return
          // What is not swept now is swept the next time.
          const isBusy = err instanceof AppError && err.code === 'busy'
          log[isBusy ? 'info' : 'error']({ err }, 'packages could not be swept')
        })
        .finally(() => {
          if (intervalMs !== undefined && !this.#stop.signal.aborted) this.#schedule(intervalMs)
        })
    }, afterMs).unref()
  }

  async #sweep(isDryRun: boolean): Promise<SweepResult> {
    const { rules, table, blobs, uses, log } = this.#options
    this.#stop.signal.throwIfAborted()
    await uses.flush()
    const plan = await planRetention(rules, {
      table,
      totalBytes: () => blobs.totals('hosted').bytes,
      nowMs: Date.now(),
      signal: this.#stop.signal,
    })
    if (isDryRun) return { isDryRun, packages: plan }
    const removed: Expiry[] = []
    for (const expiry of plan) {
      this.#stop.signal.throwIfAborted()
      const gone = await this.#remove(expiry)
      if (gone !== undefined) removed.push({ ...expiry, ...gone })
    }
    const bytes = removed.reduce((sum, each) => sum + each.bytes, 0)
    if (removed.length > 0) log.info({ packages: removed.length, bytes }, 'sweep done')
    return { isDryRun, packages: removed }
  }

  /** What has gone with the package; undefined where somebody has deleted or protected it meanwhile. */
  async #remove({ id, tag, reason, pattern }: Expiry) {
    const { remove, metrics, log } = this.#options
    try {
      const gone = await remove(id)
      metrics.expiredPackages.inc({ reason })
      metrics.expiredBytes.inc(gone.bytes)
      log.info({ package: id, tag, reason, pattern, bytes: gone.bytes }, 'package expired')
      return gone
    } catch (error) {
      const isOvertaken =
        error instanceof AppError &&
        (error.code === 'not_found' || error.code === 'package_protected')
      if (!isOvertaken) throw error
      return undefined
    }
  }
}
