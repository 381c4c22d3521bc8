/** Sizes of buffers, the largest first: 1 MiB reads reach what a disk and a socket can do, 16 KiB is the least worth a call. */
const SMALLEST = 1 << 14
const SIZES = [1 << 20, 1 << 18, 1 << 16, SMALLEST] as const

/** Buffers that one stream holds at most: one being read into, one being sent. */
const BUFFERS_PER_STREAM = 2

/**
 * Read buffers for any number of streams within about `budgetBytes`: the more streams, the smaller the
 * buffers they get. Given back buffers are used again.
 */
export class BufferPool {
  readonly #budgetBytes: number
  readonly #free = new Map<number, Buffer[]>(SIZES.map((size) => [size, []]))
  #freeBytes = 0
  #streams = 0

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes
  }

  /** Counts a stream in; call the result once when it has ended. */
  enter(): () => void {
    this.#streams++
    return () => {
      this.#streams--
    }
  }

  /** A buffer of the size that is right for now, or the smallest one that holds `wanted` bytes. */
  take(wanted: number): Buffer {
    const share = this.#budgetBytes / (BUFFERS_PER_STREAM * Math.max(1, this.#streams))
    const affordable = SIZES.filter((size) => size <= share)
    const size =
      affordable.findLast((candidate) => candidate >= wanted) ?? affordable[0] ?? SMALLEST
    const reused = this.#free.get(size)?.pop()
    if (reused === undefined) return Buffer.allocUnsafeSlow(size)
    this.#freeBytes -= size
    return reused
  }

  /** Gives a buffer back; nobody may use it any more. */
  give(buffer: Buffer): void {
    if (this.#freeBytes + buffer.byteLength > this.#budgetBytes / 2) return
    this.#free.get(buffer.byteLength)?.push(buffer)
    this.#freeBytes += buffer.byteLength
  }
}
