import { open, type FileHandle } from 'node:fs/promises'
import { Writable, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ownedChunks } from './owned-chunks.ts'

/** Writes are gathered to this size: small ones cost a system call each. */
const PIECE_BYTES = 1 << 20

/** Pieces kept for the next files. */
const MAX_SPARE = 8
const spare: Buffer[] = []

interface WriteOptions {
  readonly flags: 'w' | 'wx'
  /** Called before so many bytes are written; what it rejects with ends the writing. */
  readonly proceed?: ((bytes: number) => Promise<void>) | undefined
  /** Told of all that is written, in pieces that are valid until it returns. */
  readonly see?: (piece: Uint8Array) => void
}

/**
 * Writes a stream to a file; gives its size in bytes. While one piece is being written, the next is filled. Rejects
 * with the stream's error, the system's or `proceed`'s; the stream is destroyed with it.
 */
export async function writeStreamTo(
  path: string,
  source: Readable,
  options: WriteOptions,
): Promise<number> {
  // It may fail before it is read, and tells it then.
  source.on('error', () => {})
  const file = await open(path, options.flags).catch((error: unknown) => {
    source.destroy()
    throw error
  })
  const pieces = new Pieces(file, options)
  const sink = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      if (pieces.take(chunk)) done()
      else void tell(done, pieces.takeSlowly(chunk))
    },
    final(done) {
      void tell(done, pieces.end())
    },
  })
  // At once, though the stream may be silent for long.
  pieces.failed.catch((error: Error) => sink.destroy(error))
  try {
    await pipeline(source, sink)
    return pieces.size
  } finally {
    await pieces.settle()
    await file.close()
  }
}

async function tell(done: (error?: Error) => void, work: Promise<void>): Promise<void> {
  let failure: Error | undefined
  try {
    await work
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error))
  }
  done(failure)
}

/** Two buffers that take turns: one being written, one being filled. */
class Pieces {
  /** Rejects with the first write that fails. */
  readonly failed: Promise<never>
  size = 0
  readonly #file: FileHandle
  readonly #options: WriteOptions
  #fail: (error: unknown) => void = () => {}
  #filling = spare.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES)
  #resting = spare.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES)
  #filled = 0
  #taking: Promise<void> = Promise.resolve()
  #writing: Promise<void> = Promise.resolve()

  constructor(file: FileHandle, options: WriteOptions) {
    this.#file = file
    this.#options = options
    this.failed = new Promise((_, reject) => (this.#fail = reject))
  }

  /** Takes what leaves room, as most chunks do; false, and nothing is taken, for others. */
  take(chunk: Uint8Array): boolean {
    if (this.#filled + chunk.byteLength >= PIECE_BYTES) return false
    this.#filling.set(chunk, this.#filled)
    this.#filled += chunk.byteLength
    ownedChunks.free(chunk)
    return true
  }

  /** Takes a chunk of any size. */
  takeSlowly(chunk: Uint8Array): Promise<void> {
    this.#taking = this.#takeAll(chunk)
    return this.#taking
  }

  /** Writes what is left. */
  async end(): Promise<void> {
    this.#taking = this.#flush()
    await this.#taking
    await this.#writing
  }

  /** Waits until nothing happens any more. */
  async settle(): Promise<void> {
    await this.#taking.catch(() => {})
    await this.#writing.catch(() => {})
    if (spare.length < MAX_SPARE) spare.push(this.#filling, this.#resting)
  }

  async #takeAll(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.byteLength;) {
      const part = chunk.subarray(at, at + PIECE_BYTES - this.#filled)
      this.#filling.set(part, this.#filled)
      this.#filled += part.byteLength
      at += part.byteLength
      if (this.#filled === PIECE_BYTES) await this.#flush()
    }
    ownedChunks.free(chunk)
  }

  async #flush(): Promise<void> {
    await this.#writing
    await this.#options.proceed?.(this.#filled)
    const piece = this.#filling.subarray(0, this.#filled)
    ;[this.#filling, this.#resting] = [this.#resting, this.#filling]
    this.#filled = 0
    this.size += piece.byteLength
    this.#writing = this.#write(piece)
    this.#writing.catch(this.#fail)
    this.#options.see?.(piece)
  }

  async #write(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.byteLength;) {
      at += (await this.#file.write(piece, at, piece.byteLength - at)).bytesWritten
    }
  }
}
