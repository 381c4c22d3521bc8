import { AppError } from '../lib/app-error.ts'
import type { ByteSource } from './byte-source.ts'
import { decodeTarName } from './decode-tar-name.ts'
import { entryError } from './entry-error.ts'
import { parsePaxRecords } from './parse-pax-records.ts'
import type { PaxRecords } from './parse-pax-records.ts'
import { quotePath } from './quote-path.ts'
import { parseTarHeader } from './tar-header.ts'
import type { TarHeader } from './tar-header.ts'
import { untilNul } from './until-nul.ts'

/** One member of a tar as its headers together tell it. */
export interface TarMember {
  /** The name as stored, whichever header stated it. */
  readonly name: string
  /** The type flag: `0` file, `1` hard link, … (POSIX.1-2024 pax, typeflag). */
  readonly type: string
  /** Bytes of content that follow, without the padding. */
  readonly size: number
  /** Whether the content is stored in a sparse format, that is, not as it is. */
  readonly sparse: boolean
}

const BLOCK_BYTES = 512
const MAX_EXTENSION_BYTES = 1024 * 1024 // extension headers are held whole, and only a name can be long
const MAX_EXTENSIONS = 16 // before one member; real archives have at most four (pax, global, long name, long link)
const END_BLOCKS = 2 // the end mark; what follows it is no longer the archive's

/** Reads the headers of a tar, one member after the other. */
export class TarMembers {
  readonly #source: ByteSource
  #global: PaxRecords = {}
  #previous: string | undefined
  #zeroBlocks = 0

  constructor(source: ByteSource) {
    this.#source = source
  }

  /**
   * The next member, its content next in the source, or undefined after the last one, when the source
   * has been read to its end. Content and padding of the member before must have been read.
   *
   * Throws `archive_damaged` for a cut archive (one without any end mark included) and for headers that
   * are none. Archives written one after the other are read as one; other bytes after the end mark are
   * passed over.
   */
  async next(): Promise<TarMember | undefined> {
    let local: PaxRecords = {}
    let longName: string | undefined
    let extensions = 0
    for (;;) {
      const header = await this.#nextHeader()
      if (header === undefined) return undefined
      switch (header.type) {
        case 'x':
        case 'X': // Solaris' spelling
          local = await this.#readPax(header)
          break
        case 'g':
          this.#global = { ...this.#global, ...(await this.#readPax(header)) }
          break
        case 'L':
          longName = decodeTarName(untilNul(await this.#readExtension(header)))
          break
        case 'K': // a long link target: links are not followed
          await this.#readExtension(header)
          break
        default:
          return this.#member(header, longName, { ...this.#global, ...local })
      }
      extensions += 1
      if (extensions > MAX_EXTENSIONS) {
        throw new AppError(
          'archive_hostile',
          `the tar has more than ${MAX_EXTENSIONS} extension headers in a row ${this.#place()}`,
        )
      }
    }
  }

  async #nextHeader(): Promise<TarHeader | undefined> {
    for (;;) {
      const block = await this.#source.read(BLOCK_BYTES)
      if (block.length < BLOCK_BYTES) return this.#end(block)
      if (isZero(block)) {
        this.#zeroBlocks += 1
        continue
      }
      const header = parseTarHeader(block)
      if (header !== undefined) {
        this.#zeroBlocks = 0
        return header
      }
      if (this.#zeroBlocks >= END_BLOCKS) return await this.#drain()
      throw this.#damaged('the tar has a damaged header (its checksum is wrong)')
    }
  }

  #end(rest: Buffer): undefined {
    // A tar cut between two members looks whole but for the missing mark.
    if (this.#zeroBlocks === 0) throw this.#damaged('the tar is cut: it has no end mark')
    if (this.#zeroBlocks < END_BLOCKS && !isZero(rest)) throw this.#damaged('the tar is cut')
  }

  async #drain(): Promise<undefined> {
    // To the end all the same, so that a gzip around the tar is checked and an upload's body consumed.
    while ((await this.#source.readSome(Infinity)) !== undefined);
  }

  async #readPax(header: TarHeader): Promise<PaxRecords> {
    const records = parsePaxRecords(await this.#readExtension(header))
    if (records === undefined) throw this.#damaged('the tar has a damaged pax header')
    return records
  }

  async #readExtension(header: TarHeader): Promise<Buffer> {
    const { size } = header
    if (size === undefined) throw this.#damaged('the tar has a damaged extension header')
    if (size > MAX_EXTENSION_BYTES) {
      throw new AppError(
        'archive_hostile',
        `the tar has an extension header of ${size} bytes ${this.#place()}`,
      )
    }
    const bytes = await this.#source.read(Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES)
    if (bytes.length < size) throw this.#damaged('the tar is cut in an extension header')
    return bytes.subarray(0, size)
  }

  #member(header: TarHeader, longName: string | undefined, pax: PaxRecords): TarMember {
    const name = pax.path ?? longName ?? header.name
    const size = pax.size === undefined ? header.size : parseDecimal(pax.size)
    if (size === undefined) throw entryError('archive_damaged', name, 'its size is no number')
    this.#previous = name
    return { name, type: header.type, size, sparse: header.type === 'S' || pax.sparse === true }
  }

  #damaged(problem: string): AppError {
    return new AppError('archive_damaged', `${problem} ${this.#place()}`)
  }

  #place(): string {
    if (this.#previous === undefined) return 'at its beginning'
    return `after entry ${quotePath(this.#previous)}`
  }
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0)
}

function parseDecimal(text: string): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? value : undefined
}
