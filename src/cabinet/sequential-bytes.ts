import { damaged } from './damaged.ts'

/** Bytes read in order out of chunks of any size, so that a file and a download are the same. */
export class SequentialBytes implements AsyncDisposable {
  readonly #chunks: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array(0)
  /** What of the chunk is read already. */
  #used = 0
  #position = 0
  #limit = Infinity

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** How many bytes have been read or skipped. */
  get position(): number {
    return this.#position
  }

  /** From now on there is nothing from byte `limit` on. */
  limitTo(limit: number): void {
    this.#limit = limit
  }

  /**
   * The next `length` bytes, valid until the next call. Callers bound the length: it is buffered.
   * Throws `archive_damaged` when there are fewer.
   */
  async read(length: number): Promise<Uint8Array> {
    this.#claim(length)
    if (length <= this.#chunk.byteLength - this.#used) {
      this.#used += length
      return this.#chunk.subarray(this.#used - length, this.#used)
    }
    const bytes = new Uint8Array(length)
    let done = 0
    while (done < length) {
      const part = await this.#takeUpTo(length - done)
      bytes.set(part, done)
      done += part.byteLength
    }
    return bytes
  }

  /** Goes on to byte `position`. Throws `archive_damaged` when it lies behind, or the bytes end before. */
  async skipTo(position: number): Promise<void> {
    const length = position - this.#position
    if (length < 0) throw damaged('its parts overlap')
    this.#claim(length)
    let done = 0
    while (done < length) done += (await this.#takeUpTo(length - done)).byteLength
  }

  /**
   * The bytes up to the next zero, which is read too. Throws `archive_damaged` when it is not among the
   * next `maxBytes`.
   */
  async readToZero(maxBytes: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    let length = 0
    while (length < maxBytes) {
      const part = await this.#takeUpTo(maxBytes - length)
      const zero = part.indexOf(0)
      parts.push(zero === -1 ? part : part.subarray(0, zero))
      if (zero !== -1) {
        this.#used -= part.byteLength - zero - 1
        this.#claim(length + zero + 1)
        return Buffer.concat(parts)
      }
      length += part.byteLength
    }
    throw damaged('a name does not end')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks.return?.()
  }

  #claim(length: number): void {
    if (this.#position + length > this.#limit) throw damaged('something lies beyond its end')
    this.#position += length
  }

  async #takeUpTo(length: number): Promise<Uint8Array> {
    // Ends: every turn takes a chunk, and a source that has no more of them ends it.
    while (this.#used === this.#chunk.byteLength) {
      const next = await this.#chunks.next()
      if (next.done === true) throw damaged('it is cut short')
      this.#chunk = next.value
      this.#used = 0
    }
    const part = this.#chunk.subarray(this.#used, this.#used + length)
    this.#used += part.byteLength
    return part
  }
}
