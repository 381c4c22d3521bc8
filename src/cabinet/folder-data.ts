import { blockChecksum } from './block-checksum.ts'
import type { BlockDecoder } from './block-decoder.ts'
import type { CabinetFolder } from './cabinet-directory.ts'
import { createDecoder } from './create-decoder.ts'
import { damaged } from './damaged.ts'
import { MAX_BLOCK_BYTES } from './max-block-bytes.ts'
import { MAX_PACKED_BYTES } from './max-packed-bytes.ts'
import type { SequentialBytes } from './sequential-bytes.ts'

const BLOCK_HEADER_BYTES = 8

/** A data block as it was read: checked, not yet decoded. */
interface PackedBlock {
  readonly packed: Uint8Array
  readonly size: number
}

/** The content of one folder, decompressed in order. */
export class FolderData {
  readonly folder: CabinetFolder
  readonly #bytes: SequentialBytes
  readonly #blockReserve: number
  readonly #decoder: BlockDecoder
  readonly #scratch = new Uint8Array(MAX_BLOCK_BYTES)
  /** What of a decoded block nobody has taken yet. */
  #rest = this.#scratch.subarray(0, 0)
  #blocksRead = 0
  #position = 0

  private constructor(bytes: SequentialBytes, folder: CabinetFolder, blockReserve: number) {
    this.folder = folder
    this.#bytes = bytes
    this.#blockReserve = blockReserve
    this.#decoder = createDecoder(folder.compression)
  }

  /** Goes to the folder's data. Throws `unsupported_format` for compressions that are not known here, `archive_damaged` where the data lies behind. */
  static async open(
    bytes: SequentialBytes,
    folder: CabinetFolder,
    blockReserve: number,
  ): Promise<FolderData> {
    const data = new FolderData(bytes, folder, blockReserve)
    await bytes.skipTo(folder.dataOffset)
    return data
  }

  /** Goes on to byte `position` of the content, which must not lie behind. */
  async skipTo(position: number): Promise<void> {
    const skipped = new Uint8Array(MAX_BLOCK_BYTES)
    while (this.#position < position) {
      await this.readInto(
        skipped.subarray(0, Math.min(skipped.byteLength, position - this.#position)),
      )
    }
  }

  /** Fills `out` with the next bytes of the content. Throws `archive_damaged` when they are damaged or there are fewer. */
  async readInto(out: Uint8Array): Promise<void> {
    let done = 0
    while (done < out.byteLength) {
      if (this.#rest.byteLength === 0) {
        const { packed, size } = await this.#readBlock()
        if (size <= out.byteLength - done) {
          this.#decoder.decode(packed, out.subarray(done, done + size))
          done += size
          continue
        }
        this.#rest = this.#scratch.subarray(0, size)
        this.#decoder.decode(packed, this.#rest)
      }
      const part = this.#rest.subarray(0, out.byteLength - done)
      out.set(part, done)
      done += part.byteLength
      this.#rest = this.#rest.subarray(part.byteLength)
    }
    this.#position += done
  }

  async #readBlock(): Promise<PackedBlock> {
    if (this.#blocksRead === this.folder.blockCount)
      throw damaged('a folder is shorter than its files')
    this.#blocksRead++
    const header = Buffer.from(await this.#bytes.read(BLOCK_HEADER_BYTES + this.#blockReserve))
    const checksum = header.readUInt32LE(0)
    const packedSize = header.readUInt16LE(4)
    const size = header.readUInt16LE(6)
    if (packedSize > MAX_PACKED_BYTES || size === 0 || size > MAX_BLOCK_BYTES) {
      throw damaged('a data block has an impossible size')
    }
    const packed = await this.#bytes.read(packedSize)
    if (checksum !== 0) checkBlock(header.subarray(4), packed, checksum)
    return { packed, size }
  }
}

function checkBlock(header: Uint8Array, packed: Uint8Array, checksum: number): void {
  const sum = blockChecksum(packed, 0)
  // MS-CAB counts the reserved bytes in, libmspack leaves them out; cabinets that have any are too rare to tell.
  if (blockChecksum(header, sum) === checksum) return
  if (blockChecksum(header.subarray(0, 4), sum) === checksum) return
  throw damaged('the checksum of a data block is wrong')
}
