import type { ArchiveLimits } from './archive-limits.ts'
import { ExpansionRatio } from './expansion-ratio.ts'
import { limitExceeded } from './limit-exceeded.ts'

/** Counts what decompression yields against the limits: one stream around an archive, or all compressed members of one. */
export class Expansion {
  readonly #limits: ArchiveLimits
  readonly #ratio = new ExpansionRatio()
  #expandedBytes = 0
  #member: { readonly path: string; bytes: number } | undefined

  constructor(limits: ArchiveLimits) {
    this.#limits = limits
  }

  /** What follows is one member, which has a limit of its own. */
  enter(path: string): void {
    this.#member = { path, bytes: 0 }
  }

  /** Counts a step; throws `limit_exceeded` beyond a limit or a bomb's ratio. */
  add(compressedBytes: number, expandedBytes: number): void {
    this.#expandedBytes += expandedBytes
    if (this.#expandedBytes > this.#limits.maxExpandedBytes) {
      throw limitExceeded('maxExpandedBytes', this.#limits, '')
    }
    if (this.#member !== undefined) {
      this.#member.bytes += expandedBytes
      if (this.#member.bytes > this.#limits.maxEntryBytes) {
        throw limitExceeded('maxEntryBytes', this.#limits, this.#member.path)
      }
    }
    this.#ratio.add(compressedBytes, expandedBytes)
  }
}
