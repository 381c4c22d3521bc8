import type { ByteReader } from '../../lib/byte-reader.ts'
import { BinaryView } from './binary-view.ts'
import { DamagedFile } from './damaged-file.ts'

/** Small reads are served from pages of this size, since ids lie in a few places close to each other. */
const PAGE_BYTES = 16 << 10
/** Pages kept: 512 KiB a file, whatever the file says about itself. */
const MAX_PAGES = 32
/** The longest structure any format needs in one piece: compressed chunks of MSFZ have up to about 4 MiB. */
const MAX_READ_BYTES = 8 << 20
/** No real file comes near; hostile ones can make a parser hop from page to page. */
const MAX_TOTAL_BYTES = 64 << 20

/**
 * Exact, bounds-checked reads over a ByteReader, through a few cached pages. What lies outside of the
 * source, and what would take more reading than identification is worth, throws DamagedFile.
 */
export class PagedReader {
  readonly size: number
  readonly #source: ByteReader
  readonly #pages = new Map<number, Uint8Array>()
  #total = 0

  constructor(source: ByteReader) {
    this.#source = source
    this.size = source.size
  }

  /** Whether `[offset, offset + length)` lies within the source. */
  holds(offset: number, length: number): boolean {
    return offset >= 0 && length >= 0 && offset + length <= this.size
  }

  /** Exactly these bytes. They may be shared with later reads: do not change them. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    if (!this.holds(offset, length))
      throw new DamagedFile('a structure lies beyond the end of the file')
    if (length > MAX_READ_BYTES) throw new DamagedFile('a structure is larger than any real one')
    const first = Math.floor(offset / PAGE_BYTES)
    const last = Math.floor((offset + Math.max(length, 1) - 1) / PAGE_BYTES)
    if (last - first > 1) return this.#fetch(offset, length)
    const page = await this.#page(first)
    const within = offset - first * PAGE_BYTES
    if (first === last) return page.subarray(within, within + length)
    const start = page.subarray(within)
    const rest = (await this.#page(last)).subarray(0, length - start.byteLength)
    return Buffer.concat([start, rest])
  }

  async view(offset: number, length: number, littleEndian = true): Promise<BinaryView> {
    return new BinaryView(await this.read(offset, length), littleEndian)
  }

  async #page(index: number): Promise<Uint8Array> {
    const known = this.#pages.get(index)
    if (known !== undefined) return known
    const start = index * PAGE_BYTES
    const page = await this.#fetch(start, Math.min(PAGE_BYTES, this.size - start))
    const oldest = this.#pages.keys().next()
    if (this.#pages.size >= MAX_PAGES && oldest.done !== true) this.#pages.delete(oldest.value)
    this.#pages.set(index, page)
    return page
  }

  async #fetch(offset: number, length: number): Promise<Uint8Array> {
    this.#total += length
    if (this.#total > MAX_TOTAL_BYTES)
      throw new DamagedFile('the structures are scattered over too many places')
    const bytes = await this.#source.read(offset, length)
    if (bytes.byteLength < length) throw new DamagedFile('the file ended before its size')
    return bytes
  }
}
