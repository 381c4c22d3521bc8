import type { BlobTable } from '../db/blob-table.ts'
import type { IdleBlob, UseTable } from '../db/use-table.ts'
import type { FreeSpace } from '../lib/free-space.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { DerivedFiles } from './derived-files.ts'
import type { ReadTracker } from './read-tracker.ts'

/** Blobs looked at in one step. */
const STEP = 50

/** What is made of files may take this part of the cache's room before it has to go. */
const DERIVED_SHARE = 0.5

export interface CacheEvictorOptions {
  readonly blobs: BlobTable
  readonly uses: UseTable
  readonly store: Pick<BlobStore, 'delete'>
  readonly reads: ReadTracker
  readonly derived: DerivedFiles
  readonly maxBytes: number
  /** Blobs that were not served for so long go, whatever room there is. */
  readonly maxAgeMs: number
  /** Of the cache's disk: while too little is free, the cache makes room. */
  readonly space: Pick<FreeSpace, 'lacking'>
  readonly metrics: Metrics
  readonly log: Logger
  readonly now?: () => number
}

/**
 * Keeps the cache within its bounds: the blobs that were unused the longest go, never one that is being
 * read, and never a hosted one. So it also makes room on a disk that has too little. What is made of files (cabinets, gzip) counts too and goes with its file.
 */
export class CacheEvictor {
  readonly #options: CacheEvictorOptions
  readonly #now: () => number
  #running: Promise<void> | undefined
  #isClosed = false

  constructor(options: CacheEvictorOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** Bytes of fetched files and of all that is made of files. */
  get bytes(): number {
    const { blobs, derived } = this.#options
    return blobs.totals('cache').bytes + derived.bytes
  }

  /** To be called when the cache has grown: makes room at once if there is too little. Never fails. */
  grown(): void {
    this.#options.metrics.cacheBytes.set(this.bytes)
    if (this.bytes > this.#options.maxBytes) void this.sweep()
  }

  /** Removes what has to go, or joins the run that does so. Never rejects. */
  sweep(): Promise<void> {
    this.#running ??= this.#run()
      .catch((err: unknown) => this.#options.log.error({ err }, 'the cache could not be cleared'))
      .finally(() => {
        this.#running = undefined
      })
    return this.#running
  }

  /** Stops, and waits for what is being removed. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running
  }

  async #run(): Promise<void> {
    const { maxBytes, maxAgeMs, space, derived, metrics } = this.#options
    if (Number.isFinite(maxAgeMs))
      await this.#evict('age', this.#now() - maxAgeMs, () => !this.#isClosed)
    await derived.shrink(maxBytes * DERIVED_SHARE)
    await this.#evict(
      'size',
      Number.MAX_SAFE_INTEGER,
      () => !this.#isClosed && this.bytes > maxBytes,
    )
    const wanted = this.bytes - (await space.lacking())
    await this.#evict(
      'space',
      Number.MAX_SAFE_INTEGER,
      () => !this.#isClosed && this.bytes > wanted,
    )
    metrics.cacheBytes.set(this.bytes)
  }

  async #evict(
    reason: 'age' | 'size' | 'space',
    usedBeforeMs: number,
    isNeeded: () => boolean,
  ): Promise<void> {
    const { uses, reads } = this.#options
    while (isNeeded()) {
      // However many of the oldest are being read, there are others among so many.
      const oldest = await uses.idle('cache', usedBeforeMs, STEP + reads.size)
      const idle = oldest.filter(({ key }) => !reads.isRead(key)).slice(0, STEP)
      if (idle.length === 0) return
      for (const blob of idle) if (isNeeded()) await this.#remove(blob, reason)
    }
  }

  async #remove(idle: IdleBlob, reason: 'age' | 'size' | 'space'): Promise<void> {
    const { blobs, store, derived, metrics, log } = this.#options
    const blob = blobs.byId(idle.id)
    if (blob === undefined) return
    // First from the index: whoever asks now has it fetched anew.
    blobs.remove('cache', blob.key)
    await store.delete([blob.key])
    await derived.drop(blob)
    metrics.evictedFiles.inc({ reason })
    metrics.evictedBytes.inc({ reason }, blob.size)
    log.debug({ path: blob.key, reason }, 'cached file removed')
  }
}
