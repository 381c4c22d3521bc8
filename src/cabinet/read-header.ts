import { damaged } from './damaged.ts'
import type { SequentialBytes } from './sequential-bytes.ts'
import { unsupported } from './unsupported.ts'

const SIGNATURE_BYTES = 4
const HEADER_BYTES = 32 // what follows the signature
const RESERVE_SIZES_BYTES = 4

const VERSION_MAJOR = 1
const VERSION_MINOR = 3

/** Flags: the set goes on in the cabinet before or after; there are reserved areas. */
const SPANNED = 1 | 2
const HAS_RESERVES = 4

/** The fixed head of a cabinet (CFHEADER), as far as reading needs it. */
export interface CabinetHeader {
  readonly folderCount: number
  readonly fileCount: number
  readonly filesOffset: number
  /** Bytes reserved behind each folder record, and in the head of each data block. */
  readonly folderReserve: number
  readonly blockReserve: number
}

/**
 * Reads a cabinet's header and limits `bytes` to the size that it states. Throws `unsupported_format`
 * for what is no cabinet of version 1.3 and for parts of spanned sets, and `archive_damaged`.
 */
export async function readHeader(bytes: SequentialBytes): Promise<CabinetHeader> {
  const signature = Buffer.from(await bytes.read(SIGNATURE_BYTES)).toString('latin1')
  if (signature !== 'MSCF') throw unsupported('it does not begin with MSCF')
  const header = Buffer.from(await bytes.read(HEADER_BYTES))
  const major = header.readUInt8(21)
  const minor = header.readUInt8(20)
  if (major !== VERSION_MAJOR || minor !== VERSION_MINOR) {
    throw unsupported(`its version is ${major}.${minor}`)
  }
  const flags = header.readUInt16LE(26)
  if ((flags & SPANNED) !== 0) throw unsupported('it is one part of a set that spans several')
  bytes.limitTo(header.readUInt32LE(4))
  const folderCount = header.readUInt16LE(22)
  const fileCount = header.readUInt16LE(24)
  if (folderCount === 0 || fileCount === 0) throw damaged('it holds no files')
  const reserves =
    (flags & HAS_RESERVES) === 0 ? { folderReserve: 0, blockReserve: 0 } : await readReserves(bytes)
  return { folderCount, fileCount, filesOffset: header.readUInt32LE(12), ...reserves }
}

/** Reads how much is reserved where, and skips what is in the header. */
async function readReserves(
  bytes: SequentialBytes,
): Promise<Pick<CabinetHeader, 'folderReserve' | 'blockReserve'>> {
  const sizes = Buffer.from(await bytes.read(RESERVE_SIZES_BYTES))
  await bytes.skipTo(bytes.position + sizes.readUInt16LE(0))
  return { folderReserve: sizes.readUInt8(2), blockReserve: sizes.readUInt8(3) }
}
