import type { ServerResponse } from 'node:http'
import type { BufferPool } from '../../lib/buffer-pool.ts'
import type { ByteRange } from '../../lib/byte-range.ts'
import { ClientLeft } from '../client-left.ts'
import type { OpenContent } from './content.ts'

/**
 * Sends bytes `[start, end)` of the source (to its end where `end` is Infinity) and ends the response.
 * While one buffer is on its way to the client the next is read, and no more: a slow client holds two
 * buffers. Resolves the bytes sent; rejects when the source ends early or fails, or the client leaves.
 */
export async function pumpBody(
  source: OpenContent,
  response: ServerResponse,
  { start, end }: ByteRange,
  pool: BufferPool,
): Promise<number> {
  const sender = new Sender(response, pool)
  let position = start
  while (position < end) {
    const buffer = pool.take(end - position)
    const count = await source.read(
      buffer.subarray(0, Math.min(buffer.byteLength, end - position)),
      position,
    )
    if (count === 0 && end !== Infinity)
      throw new Error(`the file ended at ${position} of ${end} bytes`)
    await sender.idle()
    position += count
    if (count === 0 || position === end) {
      await sender.sendLast(buffer, count)
      return position - start
    }
    sender.send(buffer, count)
  }
  response.end()
  return 0
}

/** One buffer at a time on its way into a response; fails from the moment the client has left. */
class Sender {
  readonly #response: ServerResponse
  readonly #pool: BufferPool
  #sent: Promise<void> = Promise.resolve()
  #fail: ((error: Error) => void) | undefined

  constructor(response: ServerResponse, pool: BufferPool) {
    this.#response = response
    this.#pool = pool
    // A write whose connection closes is not always told so.
    response.once('close', () => {
      if (!response.writableFinished) this.#fail?.(new ClientLeft())
    })
  }

  /** Waits until the last buffer has been handed to the system. */
  idle(): Promise<void> {
    return this.#sent
  }

  send(buffer: Buffer, count: number): void {
    this.#sent = this.#track(buffer, (done) =>
      this.#response.write(buffer.subarray(0, count), done),
    )
    // Whoever waits for `idle` sees the failure.
    this.#sent.catch(() => {})
  }

  sendLast(buffer: Buffer, count: number): Promise<void> {
    return this.#track(buffer, (done) =>
      this.#response.end(buffer.subarray(0, count), () => done()),
    )
  }

  #track(buffer: Buffer, write: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#fail = reject
      if (this.#response.destroyed) return reject(new ClientLeft())
      write((error) => {
        if (error !== null && error !== undefined) return reject(new ClientLeft({ cause: error }))
        this.#pool.give(buffer)
        resolve()
      })
    })
  }
}
