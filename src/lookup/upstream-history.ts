import { setImmediate } from 'node:timers/promises'
import type { CounterTable } from '../db/counter-table.ts'
import type { KeptLogEntry, UpstreamLogEntry, UpstreamLogTable } from '../db/upstream-log-table.ts'

/** The log's bounds, of all upstreams together. */
const MAX_ENTRIES = 50_000
const MAX_AGE_MS = 30 * 86_400_000

/** Entries gathered before they are written in one transaction. */
const MAX_PENDING = 500
const FLUSH_AFTER_MS = 1000

/** Longest cause kept. */
const MAX_CAUSE = 500

const STAGES = ['connect', 'download', 'verification', 'conversion'] as const

const TOTALS = [
  'bytes',
  'succeeded',
  'absent',
  'failed_connect',
  'failed_download',
  'failed_verification',
  'failed_conversion',
] as const

/** Where an attempt can fail: reaching the upstream, getting the file, its identity, or decompressing it. */
type FailureStage = (typeof STAGES)[number]

/** What came of asking an upstream for a file. */
export type AttemptOutcome =
  | { readonly kind: 'downloaded'; readonly bytes: number }
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'failed'
      readonly stage: FailureStage
      readonly cause: string
      readonly bytes: number
    }

/** Totals of one upstream since `sinceMs`; undefined there when nothing was counted yet. */
export interface UpstreamStatistics {
  readonly bytes: number
  readonly succeeded: number
  readonly failed: number
  readonly failedByStage: Readonly<Record<FailureStage, number>>
  readonly absent: number
  readonly sinceMs: number | undefined
}

export interface UpstreamHistoryOptions {
  readonly counters: CounterTable
  readonly table: UpstreamLogTable
  readonly now?: () => number
}

/** What was asked of upstreams, added up and as a log. Writes are gathered, so that nothing waits for them. */
export class UpstreamHistory {
  readonly #counters: CounterTable
  readonly #table: UpstreamLogTable
  readonly #now: () => number
  #pending: UpstreamLogEntry[] = []
  #timer: NodeJS.Timeout | undefined

  constructor({ counters, table, now = Date.now }: UpstreamHistoryOptions) {
    this.#counters = counters
    this.#table = table
    this.#now = now
  }

  /** Notes what came of asking the upstream for the path. */
  record(upstream: string, path: string, outcome: AttemptOutcome): void {
    const add = (name: (typeof TOTALS)[number], amount = 1): void =>
      this.#counters.add(counterOf(upstream, name), amount)
    if (outcome.kind !== 'absent' && outcome.bytes > 0) add('bytes', outcome.bytes)
    switch (outcome.kind) {
      case 'downloaded':
        add('succeeded')
        this.#log({ upstream, path, outcome: outcome.kind, text: `Downloaded ${path}` })
        return
      case 'absent':
        add('absent')
        this.#log({
          upstream,
          path,
          outcome: outcome.kind,
          text: `Download failed ${path}: not found`,
        })
        return
      case 'failed': {
        add(`failed_${outcome.stage}`)
        const cause = outcome.cause.slice(0, MAX_CAUSE)
        const text = `Download failed ${path}: ${cause}`
        this.#log({ upstream, path, outcome: outcome.kind, text })
      }
    }
  }

  statistics(upstream: string): UpstreamStatistics {
    const totals = this.#counters.get(TOTALS.map((name) => counterOf(upstream, name)))
    const total = (name: (typeof TOTALS)[number]): number =>
      totals.find((entry) => entry.name === counterOf(upstream, name))?.value ?? 0
    const failedByStage = {
      connect: total('failed_connect'),
      download: total('failed_download'),
      verification: total('failed_verification'),
      conversion: total('failed_conversion'),
    }
    const times = totals.map(({ sinceMs }) => sinceMs)
    return {
      bytes: total('bytes'),
      succeeded: total('succeeded'),
      failed: STAGES.reduce((sum, stage) => sum + failedByStage[stage], 0),
      failedByStage,
      absent: total('absent'),
      sinceMs: times.length === 0 ? undefined : Math.min(...times),
    }
  }

  /** Log entries of the upstream whose text holds `part`, older than the one with the id, the newest first. */
  find(upstream: string, part: string, beforeId: number, limit: number): readonly KeptLogEntry[] {
    this.flush()
    return this.#table.find(upstream, part, beforeId, limit)
  }

  /** Forgets the upstream. */
  async remove(upstream: string): Promise<void> {
    this.flush()
    this.#counters.remove(TOTALS.map((name) => counterOf(upstream, name)))
    while (this.#table.removeSome(upstream) > 0) await setImmediate()
  }

  /** Drops what the bounds of the log say, in steps between which other work runs. */
  async sweep(): Promise<void> {
    this.flush()
    while (this.#table.sweep(this.#now() - MAX_AGE_MS, MAX_ENTRIES) > 0) await setImmediate()
  }

  /** Writes what is pending, or drops it where the disk is full. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const entries = this.#pending
    this.#pending = []
    if (entries.length === 0) return
    try {
      this.#table.add(entries)
    } catch {
      // A log that cannot be written is no reason to fail anything.
    }
  }

  #log(entry: Omit<UpstreamLogEntry, 'atMs'>): void {
    this.#pending.push({ ...entry, atMs: this.#now() })
    if (this.#pending.length >= MAX_PENDING) this.flush()
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS).unref()
  }
}

function counterOf(upstream: string, name: (typeof TOTALS)[number]): string {
  return `upstream.${upstream}.${name}`
}
