import type { ByteReader } from '../lib/byte-reader.ts'
import { DamagedFile } from './formats/damaged-file.ts'
import { findPdbStream } from './formats/find-pdb-stream.ts'
import { PagedReader } from './formats/paged-reader.ts'

/** Where the 20 bytes of a portable PDB's id begin, with which its #Pdb stream does; undefined for any other file. */
export async function portablePdbIdOffset(reader: ByteReader): Promise<number | undefined> {
  try {
    return (await findPdbStream(new PagedReader(reader)))?.offset
  } catch (error) {
    if (error instanceof DamagedFile) return undefined
    throw error
  }
}
