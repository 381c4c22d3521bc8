import { BinaryView } from './binary-view.ts'
import { DamagedFile } from './damaged-file.ts'
import { isPlaceholder } from './is-placeholder.ts'
import { readDbi, type DbiFacts } from './read-dbi.ts'
import type { StreamHead } from './stream-head.ts'

const INFO_STREAM = 1
const INFO_BYTES = 28
/** impvVC70: the first PDB info version with a GUID (microsoft/microsoft-pdb, langapi/include/pdb.h). */
const FIRST_VERSION_WITH_GUID = 20_000_404

/** The ids of a PDB, from whichever container it lies in; without `dbiAge` it is a compiler's PDB. */
export interface PdbFacts extends DbiFacts {
  readonly guid: string
  /** Age of the PDB info stream, which tools like pdbstr raise on each write. */
  readonly infoAge: number
}

/** Reads the ids of a PDB from its info and DBI streams; throws DamagedFile when it has no usable GUID. */
export async function readPdb(streamHead: StreamHead): Promise<PdbFacts> {
  const info = await streamHead(INFO_STREAM, INFO_BYTES)
  if (info === undefined) throw new DamagedFile('the PDB has no info stream')
  const view = new BinaryView(info)
  const version = view.u32(0)
  if (version < FIRST_VERSION_WITH_GUID)
    throw new DamagedFile(`the PDB info version ${version} has no GUID`)
  const guid = view.guid(12)
  if (isPlaceholder(guid)) throw new DamagedFile(`the GUID of the PDB is a placeholder: ${guid}`)
  return { guid, infoAge: view.u32(8), ...(await readDbi(streamHead)) }
}
