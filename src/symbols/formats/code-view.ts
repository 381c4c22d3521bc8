import { recordedName } from './recorded-name.ts'
import { isPlaceholder } from './is-placeholder.ts'
import type { PagedReader } from './paged-reader.ts'

const RSDS = 0x53445352
const NB10 = 0x3031424e
/** Minor version of the debug entry that marks a portable PDB (dotnet/runtime, PE-COFF.md). */
const PORTABLE_MINOR_VERSION = 0x504d
/** Longer PDB paths than Windows knows are cut: only their base name is of use. */
const MAX_RECORD_BYTES = 24 + 4096

/** What an image says about its PDB; the name is the base name as written, empty when there is none. */
export type CodeView =
  | {
      readonly kind: 'rsds'
      readonly guid: string
      readonly age: number
      readonly portable: boolean
      readonly pdbName: string
    }
  | {
      readonly kind: 'nb10'
      readonly signature: number
      readonly age: number
      readonly pdbName: string
    }

/** Reads a CodeView record; undefined for embedded CodeView (NB11 …) and placeholders. Throws DamagedFile when cut off. */
export async function readCodeView(
  reader: PagedReader,
  offset: number,
  size: number,
  minorVersion: number,
): Promise<CodeView | undefined> {
  const signature = (await reader.view(offset, 4)).u32(0)
  if (signature !== RSDS && signature !== NB10) return undefined
  const record = await reader.view(offset, Math.min(size, MAX_RECORD_BYTES))
  if (signature === NB10) {
    return {
      kind: 'nb10',
      signature: record.u32(8),
      age: record.u32(12),
      pdbName: recordedName(record.text(16)) ?? '',
    }
  }
  const guid = record.guid(4)
  if (isPlaceholder(guid)) return undefined
  return {
    kind: 'rsds',
    guid,
    age: record.u32(20),
    portable: minorVersion === PORTABLE_MINOR_VERSION,
    pdbName: recordedName(record.text(24)) ?? '',
  }
}
