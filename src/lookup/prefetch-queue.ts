import type { PrefetchRecord, PrefetchState, PrefetchTable } from '../db/prefetch-table.ts'
import { AppError } from '../lib/app-error.ts'
import { parseSymbolPath, type SymbolPath } from '../symbols/symbol-path.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Lookup } from './lookup.ts'

/** Files fetched ahead at once: clients come first. */
const WIDTH = 4

/** Paths that may wait. */
const MAX_WAITING = 100_000

/** Outcomes that are remembered. */
const MAX_OUTCOMES = 10_000

export interface PrefetchQueueOptions {
  readonly table: PrefetchTable
  readonly lookup: Pick<Lookup, 'resolve'>
  /** This symgate's name in Via. */
  readonly via: string
  readonly log: Logger
}

/** Fetches files ahead, a few at a time, so that they are here when somebody asks. Outlives the process. */
export class PrefetchQueue {
  readonly #options: PrefetchQueueOptions
  readonly #running = new Map<number, Promise<void>>()
  #isClosed = false

  constructor(options: PrefetchQueueOptions) {
    this.#options = options
  }

  /** Goes on with what waits. */
  start(): void {
    this.#fill()
  }

  /** How many paths wait, are being fetched, and came to what. */
  counts(): Readonly<Record<PrefetchState | 'running', number>> {
    const counts = this.#options.table.counts()
    const running = this.#running.size
    return { ...counts, waiting: Math.max(0, counts.waiting - running), running }
  }

  /** Up to `limit` paths before the one with the id, the last ones first. */
  list(beforeId: number, limit: number): readonly PrefetchRecord[] {
    return this.#options.table.list(beforeId, limit)
  }

  /** Puts paths `name/id/file` into the queue; gives those that are no symbol paths and were left out. */
  async add(paths: readonly string[]): Promise<{ added: number; rejected: readonly string[] }> {
    const { table } = this.#options
    const rejected = paths.filter((path) => parse(path) === undefined)
    const good = new Set(paths.flatMap((path) => parse(path)?.storePath ?? []))
    if (table.counts().waiting + good.size > MAX_WAITING)
      throw new AppError('limit_exceeded', `more than ${MAX_WAITING} paths would wait`)
    await table.add([...good], Date.now())
    table.sweep(MAX_OUTCOMES + MAX_WAITING)
    this.#fill()
    return { added: good.size, rejected }
  }

  /** Begins nothing more, and waits for what runs; the rest goes on after the next start. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#running.values())
  }

  #fill(): void {
    if (this.#isClosed || this.#running.size >= WIDTH) return
    // Those that run still count as waiting, so that a kill loses none.
    const waiting = this.#options.table.waiting(0, WIDTH).filter(({ id }) => !this.#running.has(id))
    for (const record of waiting.slice(0, WIDTH - this.#running.size)) {
      const run = this.#run(record).finally(() => {
        this.#running.delete(record.id)
        this.#fill()
      })
      this.#running.set(record.id, run)
    }
  }

  async #run({ id, path: text }: PrefetchRecord): Promise<void> {
    const { table, log } = this.#options
    try {
      const path = parse(text)
      const { state, reason } = path ? await this.#fetch(path) : { state: 'failed' as const }
      // What was cut off by the end of the process is tried again.
      if (!this.#isClosed || state !== 'failed') table.finish(id, state, reason, Date.now())
    } catch (err) {
      log.error({ err, path: text }, 'prefetch failed')
      if (!this.#isClosed) table.finish(id, 'failed', undefined, Date.now())
    }
  }

  async #fetch(path: SymbolPath): Promise<{ state: PrefetchState; reason?: string }> {
    const { lookup, via } = this.#options
    const requester = { requestId: 'prefetch', via, acceptsMsfz: false, checksum: undefined }
    const answer = await lookup.resolve(path, requester)
    switch (answer.kind) {
      case 'blob':
        return { state: 'present' }
      case 'absent':
        return { state: answer.reason === 'trouble' ? 'failed' : 'absent', reason: answer.reason }
      case 'fill':
        try {
          await answer.fill.file.finalSize()
          return { state: 'fetched' }
        } catch {
          return { state: 'failed', reason: 'mismatch' }
        }
    }
  }
}

function parse(path: string): SymbolPath | undefined {
  const match = parseSymbolPath(path.split('/').filter((segment) => segment !== ''))
  return match.kind === 'symbol' ? match.path : undefined
}
