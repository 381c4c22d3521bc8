import type { ArchiveLimits } from './archive-limits.ts'
import { limitExceeded } from './limit-exceeded.ts'

/**
 * Counts what one archive unfolds to, entry after entry, against its limits. Sizes that the archive
 * declares only ever make it fail earlier; what counts is what was really spent.
 */
export class ArchiveBudget {
  readonly #limits: ArchiveLimits
  #entries = 0
  #path = ''
  #entryBytes = 0
  #expandedBytes = 0

  constructor(limits: ArchiveLimits) {
    this.#limits = limits
  }

  /** Begins the next entry; throws `limit_exceeded` when it is one too many or declares too much. */
  enter(path: string, declaredBytes: number): void {
    this.#entries += 1
    this.#path = path
    this.#entryBytes = 0
    if (this.#entries > this.#limits.maxEntries) throw this.#exceeded('maxEntries')
    this.#check(declaredBytes)
  }

  /** Counts bytes that the current entry gave; throws `limit_exceeded` when they are too many. */
  spend(bytes: number): void {
    this.#entryBytes += bytes
    this.#expandedBytes += bytes
    this.#check(0)
  }

  #check(aheadBytes: number): void {
    if (this.#entryBytes + aheadBytes > this.#limits.maxEntryBytes) {
      throw this.#exceeded('maxEntryBytes')
    }
    if (this.#expandedBytes + aheadBytes > this.#limits.maxExpandedBytes) {
      throw this.#exceeded('maxExpandedBytes')
    }
  }

  #exceeded(limit: keyof ArchiveLimits): Error {
    return limitExceeded(limit, this.#limits, this.#path)
  }
}
