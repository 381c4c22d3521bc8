import { Readable } from 'node:stream'
import type { ArchiveBudget } from './archive-budget.ts'
import { asError } from './as-error.ts'
import type { ByteSource } from './byte-source.ts'
import { entryError } from './entry-error.ts'

const BLOCK_BYTES = 512
const CHUNK_BYTES = 256 * 1024

/** The content of the tar member that is next in the source: streamed on demand, or passed over. */
export class TarPayload {
  readonly #source: ByteSource
  readonly #budget: ArchiveBudget
  readonly #path: string
  readonly #padding: number
  #left: number
  #openable = true
  #stream: Readable | undefined
  #reading: Promise<void> = Promise.resolve()
  #failure: unknown

  constructor(source: ByteSource, budget: ArchiveBudget, path: string, size: number) {
    this.#source = source
    this.#budget = budget
    this.#path = path
    this.#left = size
    this.#padding = (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES
  }

  /** The content; valid until `finish`. Fails with an AppError when it is cut or passes a limit. */
  open(): Readable {
    if (!this.#openable)
      throw new Error('an entry can be opened once, while the iteration is at it')
    this.#openable = false
    const stream = new Readable({
      // One chunk at a time: several would be joined for the reader.
      highWaterMark: 1,
      read: () => {
        this.#reading = this.#pump(stream)
      },
    })
    // `finish` throws the same error, so a reader who is away misses nothing.
    stream.on('error', () => {})
    this.#stream = stream
    return stream
  }

  /** Passes over what was not read, padding included; throws what the content failed with. */
  async finish(): Promise<void> {
    this.abandon()
    await this.#reading
    if (this.#failure !== undefined) throw this.#failure
    while ((await this.#take()) !== undefined);
    const padding = await this.#source.read(this.#padding)
    if (padding.length < this.#padding) throw this.#cut()
  }

  /** Ends the content's stream where it is still open, and opening; the source stays where it is. */
  abandon(): void {
    this.#openable = false
    this.#stream?.destroy()
  }

  async #pump(stream: Readable): Promise<void> {
    try {
      stream.push((await this.#take()) ?? null)
    } catch (error) {
      this.#failure = error
      stream.destroy(asError(error))
    }
  }

  async #take(): Promise<Buffer | undefined> {
    if (this.#left === 0) return undefined
    const chunk = await this.#source.readSome(Math.min(this.#left, CHUNK_BYTES))
    if (chunk === undefined) throw this.#cut()
    this.#left -= chunk.length
    this.#budget.spend(chunk.length)
    return chunk
  }

  #cut(): Error {
    return entryError('archive_damaged', this.#path, 'the tar is cut inside it')
  }
}
