import type { Identification } from '../identification.ts'
import { accept } from './accept.ts'
import { BinaryView } from './binary-view.ts'
import { DamagedFile } from './damaged-file.ts'
import { hex8 } from '../ids/hex8.ts'
import { Msf2File } from './msf2-file.ts'
import type { PagedReader } from './paged-reader.ts'
import { readDbi } from './read-dbi.ts'
import type { StreamHead } from './stream-head.ts'

const INFO_STREAM = 1
/** Types (TPI) and modules (DBI): compilers write the first, linkers both. */
const CONTENT_STREAMS = [2, 3]
const INFO_BYTES = 12

/** Identifies a PDB 2.00 (Visual C++ 2 to 6): signature and age, as the NB10 record of its image has them. */
export async function identifyMsf2(
  reader: PagedReader,
  name: string | undefined,
): Promise<Identification> {
  const msf = await Msf2File.open(reader)
  const streamHead: StreamHead = (index, length) => msf.streamHead(index, length)
  const info = await streamHead(INFO_STREAM, INFO_BYTES)
  if (info === undefined) throw new DamagedFile('the PDB has no info stream')
  const contents = await Promise.all(CONTENT_STREAMS.map((index) => streamHead(index, 1)))
  if (contents.every((content) => content === undefined))
    throw new DamagedFile('the PDB 2.00 holds neither types nor modules, so no debugger can use it')
  const view = new BinaryView(info)
  const signature = view.u32(4)
  const infoAge = view.u32(8)
  const { dbiAge, arch } = await readDbi(streamHead)
  const age = dbiAge ?? infoAge
  return accept(
    {
      kind: 'pdb20',
      arch,
      debugId: hex8(signature) + age.toString(16),
      identities: [
        { kind: 'pdb20', signature, age },
        { kind: 'pdb20', signature, age: infoAge },
      ],
    },
    name,
  )
}
