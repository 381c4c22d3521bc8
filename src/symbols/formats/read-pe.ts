import { BinaryView } from './binary-view.ts'
import type { EmbeddedPdb } from '../identification.ts'
import { DamagedFile } from './damaged-file.ts'
import { machineArch } from './machine-arch.ts'
import type { PagedReader } from './paged-reader.ts'
import { readCodeView, type CodeView } from './code-view.ts'

const PE_SIGNATURE = 0x00004550
const COFF_BYTES = 24
const SECTION_BYTES = 40
const DEBUG_ENTRY_BYTES = 28
const DEBUG_TYPE_CODEVIEW = 2
/** IMAGE_DEBUG_TYPE_EMBEDDED_PORTABLE_PDB (dotnet/runtime, PE-COFF.md): `MPDB`, the true size, raw deflate. */
const DEBUG_TYPE_EMBEDDED_PDB = 17
const EMBEDDED_PDB_MAGIC = 0x4244504d
const EMBEDDED_PDB_HEADER_BYTES = 8
const DEBUG_DIRECTORY = 6
const MAGIC_PE32 = 0x10b
const MAGIC_PE32_PLUS = 0x20b
/** Linkers write under ten entries; what comes later is not looked at. */
const MAX_DEBUG_ENTRIES = 64

/** What identifies a PE image, and what it says about its PDBs. */
export interface PeFacts {
  readonly timestamp: number
  readonly sizeOfImage: number
  readonly arch?: string
  /** CodeView records in the order of the debug directory; empty when there are none or they are damaged. */
  readonly codeView: readonly CodeView[]
  readonly embeddedPdb?: Omit<EmbeddedPdb, 'name'>
}

/**
 * Reads a PE image, or resolves undefined for MZ programs of other kinds (DOS, 16-bit Windows, OS/2).
 * Throws DamagedFile when the headers are cut off. A damaged debug directory only costs its records:
 * the image is known by timestamp and size all the same.
 */
export async function readPe(reader: PagedReader): Promise<PeFacts | undefined> {
  const start = (await reader.view(0x3c, 4)).u32(0)
  if (!reader.holds(start, COFF_BYTES))
    throw new DamagedFile('the PE header lies beyond the end of the file')
  const coff = await reader.view(start, COFF_BYTES)
  if (coff.u32(0) !== PE_SIGNATURE) return undefined

  const optionalSize = coff.u16(20)
  const optional = await reader.view(start + COFF_BYTES, optionalSize)
  const magic = optional.u16(0)
  if (magic !== MAGIC_PE32 && magic !== MAGIC_PE32_PLUS) {
    throw new DamagedFile(`the PE optional header has the magic 0x${magic.toString(16)}`)
  }
  const arch = machineArch(coff.u16(4))
  const sections: SectionTable = { offset: start + COFF_BYTES + optionalSize, count: coff.u16(6) }
  return {
    timestamp: coff.u32(8),
    sizeOfImage: optional.u32(56),
    ...(arch !== undefined && { arch }),
    ...(await readDebugDirectory(reader, optional, sections)),
  }
}

interface SectionTable {
  readonly offset: number
  readonly count: number
}

async function readDebugDirectory(
  reader: PagedReader,
  optional: BinaryView,
  sections: SectionTable,
): Promise<Pick<PeFacts, 'codeView' | 'embeddedPdb'>> {
  const none = { codeView: [] }
  try {
    const directories = optional.u16(0) === MAGIC_PE32 ? 96 : 112
    const entry = directories + DEBUG_DIRECTORY * 8
    if (optional.u32(directories - 4) <= DEBUG_DIRECTORY || entry + 8 > optional.length) return none
    const address = optional.u32(entry)
    const count = Math.min(
      Math.floor(optional.u32(entry + 4) / DEBUG_ENTRY_BYTES),
      MAX_DEBUG_ENTRIES,
    )
    if (address === 0 || count === 0) return none

    const toOffset = await addressMap(reader, optional, sections)
    const directory = await reader.view(toOffset(address), count * DEBUG_ENTRY_BYTES)
    const codeView: CodeView[] = []
    let embeddedPdb: PeFacts['embeddedPdb']
    for (let index = 0; index < count; index++) {
      const entry = new BinaryView(directory.slice(index * DEBUG_ENTRY_BYTES, DEBUG_ENTRY_BYTES))
      const type = entry.u32(12)
      if (type !== DEBUG_TYPE_CODEVIEW && type !== DEBUG_TYPE_EMBEDDED_PDB) continue
      // Images dumped from memory have no file pointer in their entries.
      const offset = entry.u32(24) === 0 ? toOffset(entry.u32(20)) : entry.u32(24)
      const size = entry.u32(16)
      if (type === DEBUG_TYPE_EMBEDDED_PDB) {
        embeddedPdb ??= await readEmbeddedPdb(reader, offset, size)
        continue
      }
      const record = await readCodeView(reader, offset, size, entry.u16(10))
      if (record !== undefined) codeView.push(record)
    }
    return { codeView, ...(embeddedPdb !== undefined && { embeddedPdb }) }
  } catch (error) {
    if (error instanceof DamagedFile) return none
    throw error
  }
}

/** Where it lies; undefined when it is cut off or of a later form. */
async function readEmbeddedPdb(
  reader: PagedReader,
  offset: number,
  size: number,
): Promise<PeFacts['embeddedPdb']> {
  if (size <= EMBEDDED_PDB_HEADER_BYTES || !reader.holds(offset, size)) return undefined
  const header = await reader.view(offset, EMBEDDED_PDB_HEADER_BYTES)
  if (header.u32(0) !== EMBEDDED_PDB_MAGIC) return undefined
  return {
    offset: offset + EMBEDDED_PDB_HEADER_BYTES,
    packedBytes: size - EMBEDDED_PDB_HEADER_BYTES,
    bytes: header.u32(4),
  }
}

/** Turns image addresses into file offsets; an address outside of header and sections throws. */
async function addressMap(
  reader: PagedReader,
  optional: BinaryView,
  sections: SectionTable,
): Promise<(address: number) => number> {
  const table = await reader.view(sections.offset, sections.count * SECTION_BYTES)
  const sizeOfHeaders = optional.u32(60)
  return (address) => {
    for (let index = 0; index < sections.count; index++) {
      const section = index * SECTION_BYTES
      const within = address - table.u32(section + 12)
      if (within >= 0 && within < table.u32(section + 16)) return table.u32(section + 20) + within
    }
    if (address < sizeOfHeaders) return address
    throw new DamagedFile('the PE debug directory lies outside of every section')
  }
}
