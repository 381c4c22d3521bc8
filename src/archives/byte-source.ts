import type { Readable } from 'node:stream'

/** A stream read by exact counts, on demand: at most one chunk of it is held beside what was asked for. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Buffer = Buffer.alloc(0)

  constructor(stream: Readable) {
    this.#chunks = (stream as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
  }

  /** The next `length` bytes: fewer at the end of the stream, none beyond it. Rejects as the stream fails. */
  async read(length: number): Promise<Buffer> {
    const parts: Buffer[] = []
    let missing = length
    while (missing > 0) {
      const part = await this.readSome(missing)
      if (part === undefined) break
      parts.push(part)
      missing -= part.length
    }
    const [only] = parts
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
  }

  /** The next bytes as they come, at least one and at most `maxBytes`, or undefined at the end. */
  async readSome(maxBytes: number): Promise<Buffer | undefined> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next()
      if (next.done === true) return undefined
      this.#rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength)
    }
    const part = this.#rest.subarray(0, maxBytes)
    this.#rest = this.#rest.subarray(part.length)
    return part
  }
}
