import { AppError } from '../lib/app-error.ts'

// Deflate's most is 1032:1, on bytes that are all alike; no file with content in it comes near 250:1.
const MAX_RATIO = 250
// Small archives may be as dense as they like: this much is unfolded in a second or two.
const FREE_BYTES = 256 * 1024 * 1024

/** Watches how far an archive's compressed bytes unfold, so that a bomb ends long before its size limit. */
export class ExpansionRatio {
  #compressedBytes = 0
  #expandedBytes = 0

  /**
   * Counts a step of decompression; throws `limit_exceeded` once more than 256 MiB came out at more
   * than 250:1.
   */
  add(compressedBytes: number, expandedBytes: number): void {
    this.#compressedBytes += compressedBytes
    this.#expandedBytes += expandedBytes
    if (this.#expandedBytes <= FREE_BYTES) return
    if (this.#expandedBytes <= this.#compressedBytes * MAX_RATIO) return
    throw new AppError(
      'limit_exceeded',
      `the archive unfolds by more than ${MAX_RATIO}:1, which only archives made to exhaust the server do`,
    )
  }
}
