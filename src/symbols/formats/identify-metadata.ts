import type { Identification } from '../identification.ts'
import { accept } from './accept.ts'
import type { PagedReader } from './paged-reader.ts'
import { readPortablePdb } from './read-portable-pdb.ts'

/** Identifies a portable PDB; skips other ECMA-335 metadata. Breakpad and Sentry write its age as 0. */
export async function identifyMetadata(
  reader: PagedReader,
  name: string | undefined,
): Promise<Identification> {
  const guid = await readPortablePdb(reader)
  if (guid === undefined)
    return { status: 'skip', reason: 'metadata without a #Pdb stream is no PDB' }
  return accept(
    { kind: 'portable-pdb', debugId: `${guid}0`, identities: [{ kind: 'portable-pdb', guid }] },
    name,
  )
}
