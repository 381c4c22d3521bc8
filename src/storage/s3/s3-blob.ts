import type { ByteRange } from '../../lib/byte-range.ts'
import type { OpenBlob } from '../blob-store.ts'
import type { ObjectBody, ObjectHead, S3Bucket } from './s3-bucket.ts'

/** Asked for at a place where nothing says how much will be read: what identification needs, mostly. */
const WINDOW_BYTES = 1 << 18

/** Times that a broken transfer is begun again without a byte having come. */
const MAX_ATTEMPTS = 3

/**
 * An object opened for reading. Where it is read on from one place, that is one request whose answer flows
 * as fast as it is read; elsewhere small windows are asked for. All of it is of one version of the object.
 */
export class S3Blob implements OpenBlob {
  readonly sha256: string | undefined
  readonly #bucket: S3Bucket
  readonly #key: string
  readonly #head: ObjectHead
  /** Where reading is expected to end. */
  readonly #expectedEnd: number
  #transfer: Transfer | undefined
  #closed = false

  private constructor(
    bucket: S3Bucket,
    key: string,
    { head, first, expectedEnd }: { head: ObjectHead; first?: Transfer; expectedEnd: number },
  ) {
    this.#bucket = bucket
    this.#key = key
    this.#head = head
    this.#transfer = first
    this.#expectedEnd = expectedEnd
    this.sha256 = head.sha256
  }

  /** Opens the object, or resolves undefined when there is none. `expected` is what will be read of it. */
  static async open(
    bucket: S3Bucket,
    key: string,
    expected: ByteRange | undefined,
  ): Promise<S3Blob | undefined> {
    const hasSome = expected !== undefined && expected.start < expected.end
    const range = hasSome ? expected : { start: 0, end: WINDOW_BYTES }
    const isAll = range.start === 0 && range.end === Infinity
    const answer = await bucket.get(key, { range: isAll ? undefined : range })
    if (answer === undefined) return undefined
    const expectedEnd = expected?.end ?? Infinity
    if (answer !== 'past') {
      const first = new Transfer(answer, range)
      return new S3Blob(bucket, key, { head: answer, first, expectedEnd })
    }
    // Empty, or shorter than whoever reads it believes.
    const head = await bucket.head(key)
    return head && new S3Blob(bucket, key, { head, expectedEnd })
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    if (position >= this.#head.size) return 0
    for (let attempt = 1; ; attempt++) {
      try {
        const transfer = await this.#transferAt(position, target.byteLength)
        return await transfer.read(target)
      } catch (error) {
        this.#transfer?.destroy()
        this.#transfer = undefined
        if (this.#closed || attempt === MAX_ATTEMPTS) throw error
      }
    }
  }

  close(): void {
    this.#closed = true
    this.#transfer?.destroy()
  }

  async #transferAt(position: number, wanted: number): Promise<Transfer> {
    const current = this.#transfer
    if (current?.position === position && position < current.end) return current
    const readsOn = current?.position === position
    current?.destroy()
    const window = position + Math.max(wanted, WINDOW_BYTES)
    const isExpected = position < this.#expectedEnd && this.#expectedEnd < Infinity
    const end = isExpected ? this.#expectedEnd : readsOn ? Infinity : window
    const { etag } = this.#head
    const range = { start: position, end }
    const answer = await this.#bucket.get(this.#key, { range, etag })
    if (answer === undefined || answer === 'past')
      throw new Error(`${this.#key} has gone while it was read`)
    const transfer = new Transfer(answer, range)
    this.#transfer = transfer
    // Closed while the answer was awaited.
    if (this.#closed) transfer.destroy()
    return transfer
  }
}

/** One answer of the service, read from its start to its end. */
class Transfer {
  /** Of the object. */
  readonly end: number
  position: number
  readonly #body: ObjectBody['body']
  readonly #chunks: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array(0)

  constructor({ body, size }: ObjectBody, { start, end }: ByteRange) {
    this.position = start
    this.end = Math.min(end, size)
    this.#body = body
    // Whoever reads gets it; a transfer that is given up has no reader.
    body.on('error', () => {})
    this.#chunks = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  }

  /** Fills the target as far as bytes are at hand; at least one comes. */
  async read(target: Uint8Array): Promise<number> {
    if (this.#chunk.byteLength === 0) {
      const next = await this.#chunks.next()
      if (next.done === true)
        throw new Error(`the transfer ended at ${this.position} of ${this.end}`)
      this.#chunk = next.value
    }
    const count = Math.min(target.byteLength, this.#chunk.byteLength)
    target.set(this.#chunk.subarray(0, count))
    this.#chunk = this.#chunk.subarray(count)
    this.position += count
    return count
  }

  destroy(): void {
    this.#body.destroy()
  }
}
