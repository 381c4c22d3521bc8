import type { BinaryView } from './binary-view.ts'
import { DamagedFile } from './damaged-file.ts'
import { MSF7_MAGIC } from './msf7-magic.ts'
import type { PagedReader } from './paged-reader.ts'

const SUPERBLOCK_BYTES = 52
const NIL_SIZE = 0xffffffff
/** Page sizes of LINK.exe /PDBPAGESIZE and LLVM run from 512 to 32768; twice that is still believable. */
const MIN_PAGE_BYTES = 512
const MAX_PAGE_BYTES = 65_536
/** Stream numbers are 16-bit in everything that refers to them. */
const MAX_STREAMS = 65_536

/**
 * An MSF 7.00 container, read lazily: opening costs the superblock, a stream costs the directory words
 * that place it, whatever the size of file and directory.
 */
export class MsfFile {
  readonly #reader: PagedReader
  readonly #pageSize: number
  readonly #pageCount: number
  readonly #directorySize: number

  private constructor(reader: PagedReader, superblock: BinaryView) {
    this.#reader = reader
    const start = MSF7_MAGIC.byteLength
    this.#pageSize = superblock.u32(start)
    this.#pageCount = superblock.u32(start + 8)
    this.#directorySize = superblock.u32(start + 12)
    this.#check()
  }

  /** Checks the superblock against the file; throws DamagedFile when the file is cut or makes no sense. */
  static async open(reader: PagedReader): Promise<MsfFile> {
    return new MsfFile(reader, await reader.view(0, SUPERBLOCK_BYTES))
  }

  /** The first bytes of a stream, at most `length`; undefined when there is no such stream or it is empty. */
  async streamHead(index: number, length: number): Promise<Uint8Array | undefined> {
    const count = await this.#directoryWord(0)
    if (count > MAX_STREAMS) throw new DamagedFile(`the PDB claims ${count} streams`)
    if (index >= count) return undefined
    let pageList = 1 + count // in words from the start of the directory
    for (let stream = 0; stream < index; stream++) {
      pageList += this.#pagesOf(await this.#streamSize(stream))
    }
    const wanted = Math.min(length, await this.#streamSize(index))
    if (wanted === 0) return undefined
    const parts: Uint8Array[] = []
    for (let page = 0; page * this.#pageSize < wanted; page++) {
      const bytes = Math.min(this.#pageSize, wanted - page * this.#pageSize)
      const offset = this.#pageOffset(await this.#directoryWord(pageList + page))
      parts.push(await this.#reader.read(offset, bytes))
    }
    return Buffer.concat(parts)
  }

  async #streamSize(index: number): Promise<number> {
    const size = await this.#directoryWord(1 + index)
    return size === NIL_SIZE ? 0 : size
  }

  /** Word `index` of the stream directory, found through its page map (and the map of that map). */
  async #directoryWord(index: number): Promise<number> {
    const offset = index * 4
    if (offset + 4 > this.#directorySize)
      throw new DamagedFile('the PDB stream directory is cut off')
    const page = Math.floor(offset / this.#pageSize)
    const mapPage = Math.floor((page * 4) / this.#pageSize)
    const rootOffset = SUPERBLOCK_BYTES + mapPage * 4
    // The root map continues the superblock and cannot leave its page.
    if (rootOffset + 4 > this.#pageSize)
      throw new DamagedFile('the PDB stream directory is too large')
    const map = this.#pageOffset(await this.#word(rootOffset))
    const directoryPage = await this.#word(map + ((page * 4) % this.#pageSize))
    return this.#word(this.#pageOffset(directoryPage) + (offset % this.#pageSize))
  }

  async #word(offset: number): Promise<number> {
    return (await this.#reader.view(offset, 4)).u32(0)
  }

  #pagesOf(bytes: number): number {
    return Math.ceil(bytes / this.#pageSize)
  }

  /** Where a page begins. Page 0 holds the superblock, so nothing may point there. */
  #pageOffset(page: number): number {
    if (page === 0 || page >= this.#pageCount)
      throw new DamagedFile(`the PDB points to page ${page}, which it has not`)
    return page * this.#pageSize
  }

  #check(): void {
    const size = this.#pageSize
    const powerOfTwo = size >= MIN_PAGE_BYTES && size <= MAX_PAGE_BYTES && (size & (size - 1)) === 0
    if (!powerOfTwo)
      throw new DamagedFile(`the PDB page size ${size} is not a power of two from 512 to 65536`)
    const claimed = this.#pageCount * size
    if (this.#reader.size < claimed) {
      throw new DamagedFile(`the PDB is cut off: ${this.#reader.size} of ${claimed} bytes`)
    }
    if (this.#directorySize < 4 || this.#directorySize > claimed) {
      throw new DamagedFile(`the PDB stream directory claims ${this.#directorySize} bytes`)
    }
  }
}
