import type { ByteReader } from './byte-reader.ts'

/** Bytes in memory as a ByteReader. */
export class BytesReader implements ByteReader {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get size(): number {
    return this.#bytes.byteLength
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return Promise.resolve(this.#bytes.subarray(offset, offset + length))
  }
}
