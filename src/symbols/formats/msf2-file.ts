import { BinaryView } from './binary-view.ts'
import { DamagedFile } from './damaged-file.ts'
import type { PagedReader } from './paged-reader.ts'

const SUPERBLOCK_BYTES = 60
const NIL_SIZE = 0xffffffff
/** Page sizes that Visual C++ 2 to 6 wrote. */
const PAGE_SIZES = [512, 1024, 2048, 4096]
/** Pages are numbered in 16 bits, so the directory of a whole file is small. */
const MAX_DIRECTORY_BYTES = 1 << 20

/** An MSF 2.00 container ("program database 2.00"), with 16-bit page numbers. */
export class Msf2File {
  readonly #reader: PagedReader
  readonly #pageSize: number
  readonly #pageCount: number
  readonly #directory: BinaryView

  private constructor(
    reader: PagedReader,
    pageSize: number,
    pageCount: number,
    directory: BinaryView,
  ) {
    this.#reader = reader
    this.#pageSize = pageSize
    this.#pageCount = pageCount
    this.#directory = directory
  }

  /** Reads superblock and directory; throws DamagedFile when the file is cut or makes no sense. */
  static async open(reader: PagedReader): Promise<Msf2File> {
    const superblock = await reader.view(0, SUPERBLOCK_BYTES)
    const pageSize = superblock.u32(44)
    const pageCount = superblock.u16(50)
    const size = superblock.u32(52)
    if (!PAGE_SIZES.includes(pageSize))
      throw new DamagedFile(`the PDB page size ${pageSize} does not exist`)
    if (reader.size < pageCount * pageSize) {
      throw new DamagedFile(`the PDB is cut off: ${reader.size} of ${pageCount * pageSize} bytes`)
    }
    if (size > MAX_DIRECTORY_BYTES)
      throw new DamagedFile(`the PDB stream directory claims ${size} bytes`)

    const map = await reader.view(SUPERBLOCK_BYTES, Math.ceil(size / pageSize) * 2)
    const parts: Uint8Array[] = []
    for (let done = 0; done < size; done += pageSize) {
      const offset = pageOffset(map.u16((done / pageSize) * 2), pageSize, pageCount)
      parts.push(await reader.read(offset, Math.min(pageSize, size - done)))
    }
    return new Msf2File(reader, pageSize, pageCount, new BinaryView(Buffer.concat(parts)))
  }

  /** The first bytes of a stream, at most `length` and a page; undefined when there is no such stream or it is empty. */
  async streamHead(index: number, length: number): Promise<Uint8Array | undefined> {
    const count = this.#directory.u16(0)
    if (index >= count || this.#sizeOf(index) === 0) return undefined
    let list = 4 + count * 8
    for (let stream = 0; stream < index; stream++)
      list += Math.ceil(this.#sizeOf(stream) / this.#pageSize) * 2
    const offset = pageOffset(this.#directory.u16(list), this.#pageSize, this.#pageCount)
    return this.#reader.read(offset, Math.min(length, this.#sizeOf(index), this.#pageSize))
  }

  #sizeOf(stream: number): number {
    const size = this.#directory.u32(4 + stream * 8)
    return size === NIL_SIZE ? 0 : size
  }
}

/** Where a page begins. Page 0 holds the superblock, so nothing may point there. */
function pageOffset(page: number, pageSize: number, pageCount: number): number {
  if (page === 0 || page >= pageCount)
    throw new DamagedFile(`the PDB points to page ${page}, which it has not`)
  return page * pageSize
}
