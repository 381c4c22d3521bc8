import { DamagedFile } from './damaged-file.ts'
import type { PagedReader } from './paged-reader.ts'

const ROOT_BYTES = 16
/** ECMA-335 II.24.2.1 allows 255 characters, padded to four. */
const MAX_VERSION_BYTES = 256
/** Portable PDBs have six streams; metadata of any kind has few more. */
const MAX_STREAMS = 32
/** ECMA-335 II.24.2.2: 32 characters with the final NUL. */
const MAX_STREAM_NAME_BYTES = 32
const PDB_STREAM = '#Pdb'

/**
 * Where the #Pdb stream of ECMA-335 metadata lies (dotnet/runtime, PortablePdb-Metadata.md); undefined where there is
 * none. Throws DamagedFile when the headers are cut off.
 */
export async function findPdbStream(
  reader: PagedReader,
): Promise<{ readonly offset: number; readonly size: number } | undefined> {
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
    if (name === PDB_STREAM) return { offset: header.u32(0), size: header.u32(4) }
    at += 8 + Math.ceil((name.length + 1) / 4) * 4
  }
  return undefined
}
