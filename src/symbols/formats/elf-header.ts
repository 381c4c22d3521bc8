import { DamagedFile } from './damaged-file.ts'
import type { PagedReader } from './paged-reader.ts'

const IDENT_BYTES = 16
const XINDEX = 0xffff

/** The tables of an ELF file as its header states them; nothing about them is checked against the file yet. */
export interface ElfHeader {
  readonly is64: boolean
  readonly littleEndian: boolean
  readonly type: number
  readonly machine: number
  readonly segments: { readonly offset: number; readonly count: number }
  /** `nameTable` is the index of the section with the section names. */
  readonly sections: { readonly offset: number; readonly count: number; readonly nameTable: number }
}

/** Reads the ELF header (System V ABI, "ELF Header"), with its overflow fields; throws DamagedFile when it makes no sense. */
export async function readElfHeader(reader: PagedReader): Promise<ElfHeader> {
  const ident = await reader.view(0, IDENT_BYTES)
  const [elfClass, data] = [ident.u8(4), ident.u8(5)]
  if (elfClass !== 1 && elfClass !== 2)
    throw new DamagedFile(`the ELF class ${elfClass} does not exist`)
  if (data !== 1 && data !== 2) throw new DamagedFile(`the ELF byte order ${data} does not exist`)
  const is64 = elfClass === 2
  const littleEndian = data === 1
  const view = await reader.view(0, is64 ? 64 : 52, littleEndian)
  const counts = is64 ? 54 : 42 // e_phentsize and what follows
  const segments = { offset: is64 ? view.u64(32) : view.u32(28), count: view.u16(counts + 2) }
  const sections = {
    offset: is64 ? view.u64(40) : view.u32(32),
    count: view.u16(counts + 6),
    nameTable: view.u16(counts + 8),
  }
  if (segments.count > 0) expectSize(view.u16(counts), is64 ? 56 : 32, 'program')
  if (sections.offset > 0) expectSize(view.u16(counts + 4), is64 ? 64 : 40, 'section')

  const overflow =
    sections.offset > 0 &&
    (sections.count === 0 || sections.nameTable === XINDEX || segments.count === XINDEX)
  if (overflow) {
    // Numbers that do not fit lie in the first section header.
    const first = await reader.view(sections.offset, is64 ? 64 : 40, littleEndian)
    if (sections.count === 0) sections.count = is64 ? first.u64(32) : first.u32(20)
    if (sections.nameTable === XINDEX) sections.nameTable = first.u32(is64 ? 40 : 24)
    if (segments.count === XINDEX) segments.count = first.u32(is64 ? 44 : 28)
  }
  return { is64, littleEndian, type: view.u16(16), machine: view.u16(18), segments, sections }
}

function expectSize(found: number, wanted: number, what: string): void {
  if (found !== wanted)
    throw new DamagedFile(`the ELF ${what} headers have ${found} bytes each instead of ${wanted}`)
}
