import type { FilePlace } from './cabinet-directory.ts'
import type { CabinetFile } from './cabinet-file.ts'
import { FolderData } from './folder-data.ts'
import { readDirectory } from './read-directory.ts'
import { SequentialBytes } from './sequential-bytes.ts'

/** Content comes in chunks of this size: larger ones gain nothing, and let the reader of a slow download wait. */
const CHUNK_BYTES = 1 << 16

/**
 * A cabinet read in one go, so that a download is as good as a file: stored, MSZIP and LZX.
 * Decompression runs where it is called; `openCabinet` moves it to another thread.
 */
export class CabinetReader implements AsyncDisposable {
  /** The files in the order of their content. */
  readonly files: readonly CabinetFile[]
  readonly #bytes: SequentialBytes
  readonly #places: readonly FilePlace[]
  readonly #blockReserve: number
  #data: FolderData | undefined
  #nextIndex = 0

  private constructor(bytes: SequentialBytes, places: readonly FilePlace[], blockReserve: number) {
    this.#bytes = bytes
    this.#places = places
    this.#blockReserve = blockReserve
    this.files = places.map(({ file }) => file)
  }

  /**
   * Reads the directory. Rejects with `unsupported_format` (no cabinet, one of a spanned set, data before
   * directory), `archive_hostile` (files that share content), `archive_damaged`, or what the source threw.
   */
  static async open(source: AsyncIterable<Uint8Array>): Promise<CabinetReader> {
    const bytes = new SequentialBytes(source)
    try {
      const { places, blockReserve } = await readDirectory(bytes)
      return new CabinetReader(bytes, places, blockReserve)
    } catch (error) {
      await bytes[Symbol.asyncDispose]()
      throw error
    }
  }

  /**
   * The content of a file, `file.size` bytes. Files are extracted one at a time in the order of `files`; they may
   * be left out or broken off. Throws `archive_damaged`, or `unsupported_format` for Quantum.
   */
  async *extract(file: CabinetFile): AsyncGenerator<Uint8Array> {
    const place = this.#places[file.index]
    if (place === undefined || file.index < this.#nextIndex) {
      throw new Error('the files of a cabinet are extracted in their order, once each')
    }
    this.#nextIndex = file.index + 1
    if (file.size === 0) return
    if (this.#data?.folder !== place.folder) {
      this.#data = await FolderData.open(this.#bytes, place.folder, this.#blockReserve)
    }
    await this.#data.skipTo(place.offset)
    for (let left = place.file.size; left > 0;) {
      const chunk = new Uint8Array(Math.min(left, CHUNK_BYTES))
      await this.#data.readInto(chunk)
      left -= chunk.byteLength
      yield chunk
    }
  }

  /** Ends the source. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bytes[Symbol.asyncDispose]()
  }
}
