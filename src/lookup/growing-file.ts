import { open, type FileHandle } from 'node:fs/promises'

/** Why a growing file ended. */
type End = { readonly kind: 'complete' } | { readonly kind: 'failed'; readonly error: Error }

/**
 * A file that is read while it is written. Readers see only what has been released, wait for more, and
 * fail when the writer fails. The descriptor is closed when the writer has ended and the last reader
 * has left.
 */
export class GrowingFile {
  readonly #handle: FileHandle
  readonly #waiting = new Set<() => void>()
  #written = 0
  #released = 0
  #end: End | undefined
  #users = 1
  readonly #closed = Promise.withResolvers<void>()

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  /** Makes the file, which must not exist. */
  static async create(path: string): Promise<GrowingFile> {
    return new GrowingFile(await open(path, 'wx+'))
  }

  /** Bytes written so far, released or not. */
  get written(): number {
    return this.#written
  }

  /** Bytes that readers may see. */
  get released(): number {
    return this.#released
  }

  /** Resolves when the writer has ended and the last reader has left. */
  get closed(): Promise<void> {
    return this.#closed.promise
  }

  /** Appends bytes; one call at a time. */
  async append(chunk: Uint8Array): Promise<void> {
    let done = 0
    while (done < chunk.byteLength) {
      const { bytesWritten } = await this.#handle.write(
        chunk,
        done,
        chunk.byteLength - done,
        this.#written,
      )
      done += bytesWritten
      this.#written += bytesWritten
    }
  }

  /** Lets readers see the first `size` bytes. */
  release(size: number): void {
    if (size <= this.#released) return
    this.#released = size
    this.#wake()
  }

  /** Makes what was written durable. */
  async sync(): Promise<void> {
    await this.#handle.sync()
  }

  /** Ends the writing well: everything is released. */
  async complete(): Promise<void> {
    this.#released = this.#written
    await this.#finish({ kind: 'complete' })
  }

  /** Ends the writing badly: every reader fails with this error at its next read. */
  async fail(error: Error): Promise<void> {
    await this.#finish({ kind: 'failed', error })
  }

  /** Size of the whole file when it has become known; rejects when the writer fails. */
  async finalSize(): Promise<number> {
    while (this.#end === undefined) await this.#change()
    if (this.#end.kind === 'failed') throw this.#end.error
    return this.#written
  }

  /** Registers a reader, which must call `leave` once; false when the file is closed already and nobody can read it here. */
  join(): boolean {
    if (this.#users === 0) return false
    this.#users++
    return true
  }

  async leave(): Promise<void> {
    if (--this.#users > 0) return
    try {
      await this.#handle.close()
    } finally {
      this.#closed.resolve()
    }
  }

  /** Fills `target` from `position` on with what is released, waiting for at least one byte; 0 at the end. */
  async read(target: Uint8Array, position: number): Promise<number> {
    for (;;) {
      if (this.#end?.kind === 'failed') throw this.#end.error
      const ready = Math.min(target.byteLength, this.#released - position)
      if (ready > 0) return (await this.#handle.read(target, 0, ready, position)).bytesRead
      if (this.#end !== undefined) return 0
      await this.#change()
    }
  }

  async #finish(end: End): Promise<void> {
    if (this.#end !== undefined) return
    this.#end = end
    this.#wake()
    await this.leave()
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve))
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
