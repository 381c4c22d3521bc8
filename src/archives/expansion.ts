import type { ArchiveLimits } from './archive-limits.ts'
import { ExpansionRatio } from './expansion-ratio.ts'
import { limitExceeded } from './limit-exceeded.ts'

/** Counts what decompression yields against the limits: one stream around an archive, or all compressed members of one. */
export class Expansion {
  readonly #limits: ArchiveLimits
  readonly #ratio = new ExpansionRatio()
  #expandedBytes = 0
  #members = 0
  #member: { readonly path: string; bytes: number } | undefined

  constructor(limits: ArchiveLimits) {
    this.#limits = limits
  }

  /**
   * What follows is one member, which has a limit of its own. Throws `limit_exceeded` when it is one too
   * many or states a size that is too much.
   */
  enter(path: string, statedBytes = 0): void {
    this.#members += 1
    if (this.#members > this.#limits.maxEntries) {
      throw limitExceeded('maxEntries', this.#limits, path)
    }
    this.#member = { path, bytes: 0 }
    this.#check(statedBytes)
  }

  /** Counts a step; throws `limit_exceeded` beyond a limit or a bomb's ratio. */
  add(compressedBytes: number, expandedBytes: number): void {
    this.#expandedBytes += expandedBytes
    if (this.#member !== undefined) this.#member.bytes += expandedBytes
    this.#check(0)
    this.#ratio.add(compressedBytes, expandedBytes)
  }

  #check(aheadBytes: number): void {
    const { maxEntryBytes, maxExpandedBytes } = this.#limits
    if (this.#member !== undefined && this.#member.bytes + aheadBytes > maxEntryBytes) {
      throw limitExceeded('maxEntryBytes', this.#limits, this.#member.path)
    }
    if (this.#expandedBytes + aheadBytes > maxExpandedBytes) {
      throw limitExceeded('maxExpandedBytes', this.#limits, '')
    }
  }
}
