import { Readable } from 'node:stream'

/** A stream for a reader who may give it up without an end to its source. */
export interface BorrowedStream {
  /** The content of the source; destroying it leaves the source as it is. */
  readonly stream: Readable
  /** Reads what the borrower has left of the source, to its end. Rejects with the source's error. */
  drain(): Promise<void>
}

/** Lends a stream out. Only what is returned may be used of it from then on. */
export function borrowStream(source: Readable): BorrowedStream {
  const chunks: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]()
  let reading: Promise<unknown> = Promise.resolve()
  let failure: { readonly error: Error } | undefined
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    // An iterator that has failed says afterwards that it is done.
    if (failure !== undefined) throw failure.error
    try {
      return await chunks.next()
    } catch (error) {
      failure = { error: error instanceof Error ? error : new Error(String(error)) }
      throw failure.error
    }
  }
  const stream = new Readable({
    read() {
      reading = next().then(
        ({ done, value }) => {
          if (!stream.destroyed) stream.push(done === true ? null : value)
        },
        (error: Error) => void stream.destroy(error),
      )
    },
  })
  // Its reader may be away when it fails, and hears of it all the same.
  stream.on('error', () => undefined)
  return {
    stream,
    async drain() {
      await reading
      while ((await next()).done !== true);
    },
  }
}
