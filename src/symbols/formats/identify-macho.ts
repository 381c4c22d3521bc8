import type { Identification } from '../identification.ts'
import { identifyMachoSlice } from './identify-macho-slice.ts'
import type { PagedReader } from './paged-reader.ts'

/** Identifies a thin Mach-O file by its UUID; skips object files. */
export async function identifyMacho(
  reader: PagedReader,
  name: string | undefined,
): Promise<Identification> {
  const slice = await identifyMachoSlice(reader, name, 0, reader.size)
  return slice ?? { status: 'skip', reason: 'a Mach-O object file' }
}
