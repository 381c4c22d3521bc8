import type { ByteReader } from '../lib/byte-reader.ts'

const WINDOW_BYTES = 64 * 1024

/**
 * Answers small reads from a window over a file, so that the many short records of an archive do not
 * each cost a system call. One read at a time keeps the window useful; several are still right.
 */
export class WindowReader implements ByteReader {
  readonly #file: ByteReader
  #window: Uint8Array = new Uint8Array(0)
  #windowStart = 0

  constructor(file: ByteReader) {
    this.#file = file
  }

  get size(): number {
    return this.#file.size
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (length >= WINDOW_BYTES) return await this.#file.read(offset, length)
    let window = this.#window
    let windowStart = this.#windowStart
    if (offset < windowStart || offset + length > windowStart + window.length) {
      window = await this.#file.read(offset, WINDOW_BYTES)
      windowStart = offset
      this.#window = window
      this.#windowStart = windowStart
    }
    const start = offset - windowStart
    return window.subarray(start, start + length)
  }
}
