import { Readable } from 'node:stream'

/** A stream whose beginning is known. */
export interface PeekedStream {
  /** The first bytes: as many as were asked for, or all where there are fewer. */
  readonly head: Buffer
  /** Whether the head is all there is: the source has ended well. */
  readonly isWhole: boolean
  /** The whole stream, head included; destroying it destroys the source. */
  readonly stream: Readable
}

/** Reads the first `length` bytes of a stream without losing them. Rejects with the source's error. */
export async function peekStream(source: Readable, length: number): Promise<PeekedStream> {
  const chunks: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]()
  const held: Uint8Array[] = []
  let bytes = 0
  let isWhole = false
  while (bytes < length) {
    const next = await chunks.next()
    if (next.done === true) {
      isWhole = true
      break
    }
    held.push(next.value)
    bytes += next.value.length
  }
  let replay: Buffer | undefined = bytes > 0 ? Buffer.concat(held) : undefined
  const head = replay?.subarray(0, length) ?? Buffer.alloc(0)

  const stream = new Readable({
    read() {
      if (replay !== undefined) {
        const chunk = replay
        replay = undefined
        stream.push(chunk)
        return
      }
      chunks.next().then(
        (next) => stream.push(next.done === true ? null : next.value),
        (error: Error) => stream.destroy(error),
      )
    },
    destroy(error, done) {
      source.destroy()
      done(error)
    },
  })
  return { head, isWhole, stream }
}
