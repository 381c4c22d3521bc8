import type { ArchiveLimits } from '../archives/archive-limits.ts'
import { limitExceeded } from '../archives/limit-exceeded.ts'
import type { CollectedFile } from './collected-file.ts'

/** A form may hold many archives, and what one may unfold to is the limit for all of them. */
export class UploadTotals {
  readonly #limits: ArchiveLimits
  #files = 0
  #acceptedBytes = 0

  constructor(limits: ArchiveLimits) {
    this.#limits = limits
  }

  /** Counts a file; throws `limit_exceeded` when there are too many, or too many bytes to keep. */
  add(file: CollectedFile): void {
    this.#files += 1
    if (file.kind === 'accepted') this.#acceptedBytes += file.size
    const { maxEntries, maxExpandedBytes } = this.#limits
    if (this.#files > maxEntries) throw limitExceeded('maxEntries', this.#limits, file.path)
    if (this.#acceptedBytes > maxExpandedBytes) {
      throw limitExceeded('maxExpandedBytes', this.#limits, file.path)
    }
  }
}
