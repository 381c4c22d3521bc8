import type { Identification } from '../identification.ts'
import { accept } from './accept.ts'
import { MsfFile } from './msf-file.ts'
import type { PagedReader } from './paged-reader.ts'
import { readPdb } from './read-pdb.ts'

/** Identifies an MSF 7.00 PDB: GUID and DBI age, and what tools that take the info age would ask for. */
export async function identifyMsf7(
  reader: PagedReader,
  name: string | undefined,
): Promise<Identification> {
  const msf = await MsfFile.open(reader)
  const { guid, infoAge, dbiAge, arch } = await readPdb((index, length) =>
    msf.streamHead(index, length),
  )
  return accept(
    {
      kind: 'pdb',
      arch,
      debugId: dbiAge === undefined ? undefined : guid + dbiAge.toString(16),
      identities: [
        { kind: 'pdb', guid, age: dbiAge ?? 0 },
        { kind: 'pdb', guid, age: infoAge },
      ],
    },
    name,
  )
}
