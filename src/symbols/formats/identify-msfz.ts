import type { Identification } from '../identification.ts'
import { storeAge } from '../ids/store-age.ts'
import { accept } from './accept.ts'
import { MsfzFile } from './msfz-file.ts'
import type { PagedReader } from './paged-reader.ts'
import { readPdb } from './read-pdb.ts'

/**
 * Identifies an MSFZ file: a PDB in a container that old tools cannot read. It answers for its own
 * four-part path alone, so that nobody is given it who asked for the PDB.
 */
export async function identifyMsfz(
  reader: PagedReader,
  name: string | undefined,
): Promise<Identification> {
  const msfz = await MsfzFile.open(reader)
  const { guid, infoAge, dbiAge, arch } = await readPdb((index, length) =>
    msfz.streamHead(index, length),
  )
  const ages = [...new Set([dbiAge ?? 0, infoAge])].map(storeAge)
  const paths = name === undefined ? [] : ages.map((age) => `${name}/${guid}${age}/msfz0/${name}`)
  return accept(
    {
      kind: 'msfz',
      arch,
      debugId: dbiAge === undefined ? undefined : guid + dbiAge.toString(16),
      identities: paths.map((path) => ({ kind: 'path', path: path.toLowerCase() })),
      paths,
    },
    name,
  )
}
