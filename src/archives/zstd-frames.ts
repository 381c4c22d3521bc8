import { Transform } from 'node:stream'
import type { TransformCallback } from 'node:stream'
import { constants, createZstdDecompress } from 'node:zlib'
import type { ZstdDecompress } from 'node:zlib'
import { AppError } from '../lib/app-error.ts'
import { asError } from './as-error.ts'

const CHUNK_BYTES = 128 * 1024
const MAX_WINDOW_LOG = 27 // 128 MiB, the most that zstd itself takes unless told otherwise
const MAX_FRAMES = 20_000 // each costs a decoder, some 0.1 ms; seekable files have one for a MiB or more

/**
 * Decompresses zstd of any number of frames, skippable ones included. Node's own stream ends, without an
 * error, after the first frame, wherever that is not the end of a chunk.
 */
export class ZstdFrames extends Transform {
  #decoder: ZstdDecompress | undefined
  #frames = 0
  #consumedBytes = 0

  /** Compressed bytes that were taken in so far. */
  get consumedBytes(): number {
    return this.#consumedBytes + (this.#decoder?.bytesWritten ?? 0)
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#decode(chunk, done)
  }

  override _flush(done: TransformCallback): void {
    const decoder = this.#decoder
    if (decoder === undefined) {
      done()
      return
    }
    decoder.once('end', () => done())
    decoder.once('error', done)
    decoder.end()
  }

  override _read(size: number): void {
    this.#decoder?.resume()
    super._read(size)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#decoder?.destroy()
    done(error)
  }

  #decode(input: Buffer, done: TransformCallback): void {
    let decoder: ZstdDecompress
    try {
      decoder = this.#decoder ??= this.#open()
    } catch (error) {
      done(asError(error))
      return
    }
    const before = decoder.bytesWritten
    let settled = false
    const settle = (next: () => void): void => {
      if (settled) return
      settled = true
      decoder.off('end', onEnd)
      decoder.off('error', onError)
      next()
    }
    const onEnd = (): void =>
      settle(() => {
        // The frame is over, and something follows that is not its own.
        const rest = input.subarray(decoder.bytesWritten - before)
        this.#consumedBytes += decoder.bytesWritten
        this.#decoder = undefined
        decoder.destroy()
        if (rest.length > 0) this.#decode(rest, done)
        else done()
      })
    const onError = (error: Error): void => settle(() => done(error))
    decoder.once('end', onEnd)
    decoder.once('error', onError)
    decoder.write(input, (error) => settle(() => done(error ?? null)))
  }

  #open(): ZstdDecompress {
    this.#frames += 1
    if (this.#frames > MAX_FRAMES) {
      throw new AppError(
        'archive_hostile',
        `the zstd stream consists of more than ${MAX_FRAMES} frames`,
      )
    }
    const decoder = createZstdDecompress({
      chunkSize: CHUNK_BYTES,
      params: { [constants.ZSTD_d_windowLogMax]: MAX_WINDOW_LOG },
    })
    decoder.on('error', () => {}) // whoever waits for it hears of it
    decoder.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) decoder.pause()
    })
    return decoder
  }
}
