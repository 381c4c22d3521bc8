import type { ByteReader } from '../../src/lib/byte-reader.ts'

/** Bytes as a ByteReader that keeps account of what is read. */
export class MemoryReader implements ByteReader {
  readonly size: number
  /** Calls of `read`. */
  reads = 0
  /** Bytes asked for, all calls together. */
  bytesAsked = 0
  /** Bytes of the longest call. */
  longest = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.size = bytes.byteLength
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    this.reads++
    this.bytesAsked += length
    this.longest = Math.max(this.longest, length)
    return Promise.resolve(this.#bytes.subarray(offset, offset + length))
  }
}
