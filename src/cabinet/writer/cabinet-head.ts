import { AppError } from '../../lib/app-error.ts'
import { MAX_BLOCK_BYTES } from '../max-block-bytes.ts'
import { MAX_FILE_BYTES } from '../max-file-bytes.ts'

const HEADER_BYTES = 36
const FOLDER_BYTES = 8
const FILE_BYTES = 16

const VERSION = 0x0103
const MSZIP = 1
const ARCHIVE = 0x20
const NAME_IS_UTF8 = 0x80

/** Readers keep names in 256 bytes, with a zero at the end. */
const MAX_NAME_BYTES = 255

/** The one file of a cabinet that is to be written. */
export interface CabinetMember {
  readonly name: string
  /** In bytes. */
  readonly size: number
  readonly modifiedAt: Date
}

/**
 * What comes before the data in a cabinet of one MSZIP folder with one file; `dataBytes` is the size of
 * all that follows. Throws `limit_exceeded` for what no cabinet can hold: files of more than 2,147,450,880
 * bytes, names of more than 255.
 */
export function cabinetHead(member: CabinetMember, dataBytes: number): Buffer {
  const { size } = member
  if (size > MAX_FILE_BYTES) {
    throw new AppError(
      'limit_exceeded',
      `a cabinet holds files of up to ${MAX_FILE_BYTES} bytes, not ${size}`,
    )
  }
  const name = Buffer.from(`${member.name}\0`, 'utf8')
  if (name.byteLength > MAX_NAME_BYTES + 1) {
    throw new AppError('limit_exceeded', `a cabinet holds names of up to ${MAX_NAME_BYTES} bytes`)
  }
  const isAscii = name.byteLength === member.name.length + 1
  const { date, time } = dosTime(member.modifiedAt)

  const header = Buffer.alloc(HEADER_BYTES)
  header.write('MSCF', 'latin1')
  const folderOffset = HEADER_BYTES
  const fileOffset = folderOffset + FOLDER_BYTES
  const dataOffset = fileOffset + FILE_BYTES + name.byteLength
  header.writeUInt32LE(dataOffset + dataBytes, 8)
  header.writeUInt32LE(fileOffset, 16)
  header.writeUInt16LE(VERSION, 24)
  header.writeUInt16LE(1, 26) // folders
  header.writeUInt16LE(1, 28) // files

  const folder = Buffer.alloc(FOLDER_BYTES)
  folder.writeUInt32LE(dataOffset, 0)
  folder.writeUInt16LE(Math.ceil(size / MAX_BLOCK_BYTES), 4)
  folder.writeUInt16LE(MSZIP, 6)

  const file = Buffer.alloc(FILE_BYTES)
  file.writeUInt32LE(size, 0)
  file.writeUInt16LE(date, 10)
  file.writeUInt16LE(time, 12)
  file.writeUInt16LE(isAscii ? ARCHIVE : ARCHIVE | NAME_IS_UTF8, 14)
  return Buffer.concat([header, folder, file, name])
}

/** Cabinets know years from 1980 to 2107 and even seconds. They mean local time; UTC makes equal files of equal input. */
function dosTime(at: Date): { date: number; time: number } {
  const year = Math.min(Math.max(at.getUTCFullYear() - 1980, 0), 127)
  return {
    date: (year << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
  }
}
