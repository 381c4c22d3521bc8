import type { BinaryView } from './binary-view.ts'
import { DamagedFile } from './damaged-file.ts'
import { isPlaceholder } from './is-placeholder.ts'
import type { PagedReader } from './paged-reader.ts'

const ROOT_BYTES = 16
/** ECMA-335 II.24.2.1 allows 255 characters, padded to four. */
const MAX_VERSION_BYTES = 256
/** Portable PDBs have six streams; metadata of any kind has few more. */
const MAX_STREAMS = 32
/** ECMA-335 II.24.2.2: 32 characters with the final NUL. */
const MAX_STREAM_NAME_BYTES = 32
const PDB_STREAM = '#Pdb'
const ID_BYTES = 20

/**
 * The GUID of a portable PDB: the first 16 bytes of its #Pdb stream (dotnet/runtime,
 * PortablePdb-Metadata.md). Undefined for ECMA-335 metadata without such a stream, which is no PDB.
 * Throws DamagedFile when the file is cut off.
 */
export async function readPortablePdb(reader: PagedReader): Promise<string | undefined> {
  const versionBytes = (await reader.view(12, 4)).u32(0)
  if (versionBytes > MAX_VERSION_BYTES) throw new DamagedFile('the metadata version is too long')
  const streamsAt = ROOT_BYTES + versionBytes
  const count = (await reader.view(streamsAt, 4)).u16(2)
  if (count > MAX_STREAMS) throw new DamagedFile(`the metadata claims ${count} streams`)
  let at = streamsAt + 4
  for (let index = 0; index < count; index++) {
    const bytes = Math.min(8 + MAX_STREAM_NAME_BYTES, reader.size - at)
    const header = await reader.view(at, bytes)
    const name = header.text(8)
    if (name === PDB_STREAM) return readId(reader, header)
    at += 8 + Math.ceil((name.length + 1) / 4) * 4
  }
  return undefined
}

async function readId(reader: PagedReader, header: BinaryView): Promise<string> {
  const offset = header.u32(0)
  const size = header.u32(4)
  if (size < ID_BYTES || !reader.holds(offset, size))
    throw new DamagedFile('the #Pdb stream is cut off')
  const guid = (await reader.view(offset, ID_BYTES)).guid(0)
  if (isPlaceholder(guid))
    throw new DamagedFile(`the id of the portable PDB is a placeholder: ${guid}`)
  return guid
}
