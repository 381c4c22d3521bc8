import { DamagedFile } from './damaged-file.ts'
import { findPdbStream } from './find-pdb-stream.ts'
import { isPlaceholder } from './is-placeholder.ts'
import type { PagedReader } from './paged-reader.ts'

const ID_BYTES = 20

/**
 * The GUID of a portable PDB: the first 16 bytes of its #Pdb stream (dotnet/runtime,
 * PortablePdb-Metadata.md). Undefined for ECMA-335 metadata without such a stream, which is no PDB.
 * Throws DamagedFile when the file is cut off.
 */
export async function readPortablePdb(reader: PagedReader): Promise<string | undefined> {
  const stream = await findPdbStream(reader)
  if (stream === undefined) return undefined
  const { offset, size } = stream
  if (size < ID_BYTES || !reader.holds(offset, size))
    throw new DamagedFile('the #Pdb stream is cut off')
  const guid = (await reader.view(offset, ID_BYTES)).guid(0)
  if (isPlaceholder(guid))
    throw new DamagedFile(`the id of the portable PDB is a placeholder: ${guid}`)
  return guid
}
