import { AppError } from '../lib/app-error.ts'
import type { CabinetDirectory, CabinetFolder, FilePlace } from './cabinet-directory.ts'
import { damaged } from './damaged.ts'
import { MAX_BLOCK_BYTES } from './max-block-bytes.ts'
import { readHeader, type CabinetHeader } from './read-header.ts'
import type { SequentialBytes } from './sequential-bytes.ts'
import { unsupported } from './unsupported.ts'

const FOLDER_BYTES = 8
const FILE_BYTES = 16

/** Names are at most this long with the zero at their end (MS-CAB, CB_MAX_FILENAME). */
const MAX_NAME_BYTES = 256

/** Folder numbers from here on mean that the file goes on from or into another cabinet. */
const FIRST_SPANNING_FOLDER = 0xfffd

/** The attribute that says that the name is UTF-8. */
const NAME_IS_UTF8 = 0x80

type UnorderedPlace = Omit<FilePlace, 'file'> & { readonly name: string; readonly size: number }

/**
 * Reads everything up to the data. Throws `unsupported_format` for what is no cabinet and for those that
 * cannot be read in one go, `archive_hostile` where files share content, and `archive_damaged`.
 */
export async function readDirectory(bytes: SequentialBytes): Promise<CabinetDirectory> {
  const header = await readHeader(bytes)
  const folders = await readFolders(bytes, header)
  const early = folders.some(
    (folder) => folder.blockCount > 0 && folder.dataOffset < header.filesOffset,
  )
  if (early) throw unsupported('its data comes before its directory')
  await bytes.skipTo(header.filesOffset)
  const places: UnorderedPlace[] = []
  for (let i = 0; i < header.fileCount; i++) places.push(await readFile(bytes, folders))
  return { places: inDataOrder(places), blockReserve: header.blockReserve }
}

async function readFolders(
  bytes: SequentialBytes,
  header: CabinetHeader,
): Promise<CabinetFolder[]> {
  const folders: CabinetFolder[] = []
  for (let i = 0; i < header.folderCount; i++) {
    const record = Buffer.from(await bytes.read(FOLDER_BYTES))
    folders.push({
      dataOffset: record.readUInt32LE(0),
      blockCount: record.readUInt16LE(4),
      compression: record.readUInt16LE(6),
    })
    await bytes.skipTo(bytes.position + header.folderReserve)
  }
  return folders
}

async function readFile(
  bytes: SequentialBytes,
  folders: readonly CabinetFolder[],
): Promise<UnorderedPlace> {
  const record = Buffer.from(await bytes.read(FILE_BYTES))
  const size = record.readUInt32LE(0)
  const offset = record.readUInt32LE(4)
  const folderIndex = record.readUInt16LE(8)
  const encoding = (record.readUInt16LE(14) & NAME_IS_UTF8) === 0 ? 'latin1' : 'utf8'
  const name = Buffer.from(await bytes.readToZero(MAX_NAME_BYTES)).toString(encoding)
  if (name === '') throw damaged('a file has no name')
  if (folderIndex >= FIRST_SPANNING_FOLDER) throw unsupported('a file spans several cabinets')
  const folder = folders[folderIndex]
  if (folder === undefined) throw damaged('a file lies in a folder that is not there')
  if (offset + size > folder.blockCount * MAX_BLOCK_BYTES) {
    throw damaged(`a file's ${size} bytes do not fit its folder`)
  }
  return { folder, offset, name: name.replaceAll('\\', '/'), size }
}

/** Orders files as their content comes. */
function inDataOrder(places: UnorderedPlace[]): FilePlace[] {
  places.sort((a, b) => a.folder.dataOffset - b.folder.dataOffset || a.offset - b.offset)
  let folder: CabinetFolder | undefined
  let end = 0
  return places.map((place, index) => {
    const { name, size, offset } = place
    if (size > 0) {
      if (place.folder === folder && offset < end) {
        // Else one cabinet could unfold to 65,535 times its content.
        throw new AppError('archive_hostile', 'files of the cabinet share their content')
      }
      folder = place.folder
      end = offset + size
    }
    return { file: { index, name, size }, folder: place.folder, offset }
  })
}
