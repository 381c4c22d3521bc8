import { BinaryView } from './binary-view.ts'
import { machineArch } from './machine-arch.ts'
import type { StreamHead } from './stream-head.ts'

const DBI_STREAM = 3
const DBI_BYTES = 60
/** Marks the DBI header that has an age; older ones begin with a stream number instead. */
const NEW_DBI_SIGNATURE = 0xffffffff

/** What the DBI stream adds to a PDB's id; both undefined when there is no such stream (compiler PDBs). */
export interface DbiFacts {
  readonly dbiAge?: number
  readonly arch?: string
}

/** Reads age and processor of a PDB's DBI stream. */
export async function readDbi(streamHead: StreamHead): Promise<DbiFacts> {
  const head = await streamHead(DBI_STREAM, DBI_BYTES)
  if (head === undefined || head.byteLength < DBI_BYTES) return {}
  const view = new BinaryView(head)
  if (view.u32(0) !== NEW_DBI_SIGNATURE) return {}
  const arch = machineArch(view.u16(58))
  return { dbiAge: view.u32(8), ...(arch !== undefined && { arch }) }
}
