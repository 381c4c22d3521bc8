import { DamagedFile } from './damaged-file.ts'
import { elfArch } from './elf-arch.ts'
import { elfBuildId } from './elf-build-id.ts'
import { readElfHeader, type ElfHeader } from './elf-header.ts'
import { elfSectionName } from './elf-section-name.ts'
import { elfNoteSegments, elfSections, type ElfRange, type ElfSection } from './elf-sections.ts'
import { elfTextHashes } from './elf-text-hashes.ts'
import type { PagedReader } from './paged-reader.ts'

const ET_REL = 1
const ET_CORE = 4
const SHT_PROGBITS = 1
const SHT_NOTE = 7
const SHT_NOBITS = 8
/** Debug sections of MIPS files. */
const SHT_MIPS_DWARF = 0x7000001e
const SHF_ALLOC = 2
const SHF_EXECINSTR = 4
/** Longer than any section name that is looked for. */
const NAME_BYTES = 16

/** What identifies an ELF file. */
export interface ElfFacts {
  readonly type: 'linked' | 'relocatable'
  readonly littleEndian: boolean
  readonly arch?: string
  /** GNU build-id, lower-case hexadecimal. */
  readonly buildId?: string
  /** Where there is no build-id: what Breakpad and Sentry make of the code instead. */
  readonly textHashes?: readonly [string, ...string[]]
  /** Has contents to be loaded: no for debug companions, whose sections are empty shells. */
  readonly isImage: boolean
  readonly hasDebugInfo: boolean
}

/** Reads an ELF file; throws DamagedFile for core dumps, which are no modules, and when headers are cut off. */
export async function readElf(reader: PagedReader): Promise<ElfFacts> {
  const header = await readElfHeader(reader)
  if (header.type === ET_CORE) throw new DamagedFile('a core dump is no module')
  const { notes, text, isImage, hasDebugInfo } = await surveySections(reader, header)
  const buildId = await findBuildId(reader, header, notes)
  const arch = elfArch(header.machine, header.is64)
  const hashable =
    buildId === undefined && header.type !== ET_REL && text !== undefined && text.size > 0
  return {
    type: header.type === ET_REL ? 'relocatable' : 'linked',
    littleEndian: header.littleEndian,
    ...(arch !== undefined && { arch }),
    ...(buildId !== undefined && { buildId }),
    ...(hashable && { textHashes: await elfTextHashes(reader, text) }),
    isImage,
    hasDebugInfo,
  }
}

interface Survey {
  notes: ElfRange[]
  text?: ElfRange
  isImage: boolean
  hasDebugInfo: boolean
}

async function surveySections(reader: PagedReader, header: ElfHeader): Promise<Survey> {
  // Without section headers only the segments are left, which a debug companion would not consist of.
  const survey: Survey = { notes: [], isImage: header.sections.offset === 0, hasDebugInfo: false }
  const sections = await Array.fromAsync(elfSections(reader, header))
  const names = sections[header.sections.nameTable]
  for (const section of sections) {
    const allocated = hasFlag(section, SHF_ALLOC)
    if (section.type === SHT_NOTE) survey.notes.push(section)
    // The same rule as debuginfod's (elfutils, debuginfod.cxx, elf_classify).
    if (allocated && section.type !== SHT_NOBITS && section.type !== SHT_NOTE) survey.isImage = true
    if (section.type !== SHT_PROGBITS && section.type !== SHT_MIPS_DWARF) continue
    if (allocated && !hasFlag(section, SHF_EXECINSTR)) continue
    const name = await elfSectionName(reader, names, section, NAME_BYTES)
    if (name === '.text' && allocated) survey.text = section
    // SSQP's rule for debug files (dotnet/symstore, ELFFileKeyGenerator); .zdebug_info is GNU's old compression.
    if (name === '.debug_info' || name === '.zdebug_info') survey.hasDebugInfo = true
  }
  return survey
}

function hasFlag(section: ElfSection, flag: number): boolean {
  return Math.floor(section.flags / flag) % 2 === 1
}

/** Sections before segments: in debug companions the program headers still tell the image's offsets. */
async function findBuildId(
  reader: PagedReader,
  header: ElfHeader,
  notes: ElfRange[],
): Promise<string | undefined> {
  const segments = await Array.fromAsync(elfNoteSegments(reader, header))
  return elfBuildId(reader, [...notes, ...segments], header.littleEndian)
}
