import { BinaryView } from './binary-view.ts'
import { DamagedFile } from './damaged-file.ts'
import type { ElfHeader } from './elf-header.ts'
import type { PagedReader } from './paged-reader.ts'

/** Linked files have some dozens; objects of function sections have more, but those are not looked into. */
const MAX_SECTIONS = 65_536
const MAX_SEGMENTS = 65_536
const PT_NOTE = 4

/** A byte range of the file with its alignment. */
export interface ElfRange {
  readonly offset: number
  readonly size: number
  readonly align: number
}

export interface ElfSection extends ElfRange {
  /** Where the name lies within the section name table. */
  readonly name: number
  readonly type: number
  readonly flags: number
}

/** The section headers in order, none for a file without; throws DamagedFile when the table is cut off. */
export async function* elfSections(
  reader: PagedReader,
  header: ElfHeader,
): AsyncGenerator<ElfSection> {
  const { offset, count } = header.sections
  if (offset === 0) return
  for await (const view of headers(
    reader,
    header,
    offset,
    count,
    MAX_SECTIONS,
    header.is64 ? 64 : 40,
  )) {
    yield header.is64
      ? {
          name: view.u32(0),
          type: view.u32(4),
          flags: view.u64(8),
          offset: view.u64(24),
          size: view.u64(32),
          align: view.u64(48),
        }
      : {
          name: view.u32(0),
          type: view.u32(4),
          flags: view.u32(8),
          offset: view.u32(16),
          size: view.u32(20),
          align: view.u32(32),
        }
  }
}

/** The PT_NOTE segments in order; throws DamagedFile when the program header table is cut off. */
export async function* elfNoteSegments(
  reader: PagedReader,
  header: ElfHeader,
): AsyncGenerator<ElfRange> {
  const { offset, count } = header.segments
  for await (const view of headers(
    reader,
    header,
    offset,
    count,
    MAX_SEGMENTS,
    header.is64 ? 56 : 32,
  )) {
    if (view.u32(0) !== PT_NOTE) continue
    yield header.is64
      ? { offset: view.u64(8), size: view.u64(32), align: view.u64(48) }
      : { offset: view.u32(4), size: view.u32(16), align: view.u32(28) }
  }
}

async function* headers(
  reader: PagedReader,
  header: ElfHeader,
  offset: number,
  count: number,
  max: number,
  bytes: number,
): AsyncGenerator<BinaryView> {
  if (count > max) throw new DamagedFile(`the ELF file claims a table of ${count} headers`)
  if (!reader.holds(offset, count * bytes))
    throw new DamagedFile('the ELF file is cut off: its headers lie beyond its end')
  const table = await reader.read(offset, count * bytes)
  for (let index = 0; index < count; index++) {
    yield new BinaryView(table.subarray(index * bytes, (index + 1) * bytes), header.littleEndian)
  }
}
