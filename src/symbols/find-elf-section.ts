import type { ByteReader } from '../lib/byte-reader.ts'
import { DamagedFile } from './formats/damaged-file.ts'
import { readElfHeader } from './formats/elf-header.ts'
import { elfSectionName } from './formats/elf-section-name.ts'
import { elfSections } from './formats/elf-sections.ts'
import { PagedReader } from './formats/paged-reader.ts'

/** Sections without bytes in the file: the first of all, and what a debug companion has for those of its image. */
const SHT_NULL = 0
const SHT_NOBITS = 8

/** Longer than the names of real sections; a name is compared whole or not at all. */
export const MAX_SECTION_NAME_BYTES = 256

/**
 * Where the bytes of the first section with this name lie in an ELF file, as they are (perhaps compressed).
 * Undefined when it has none, only an empty shell of one, or is no whole ELF file.
 */
export async function findElfSection(
  source: ByteReader,
  name: string,
): Promise<{ readonly offset: number; readonly size: number } | undefined> {
  const reader = new PagedReader(source)
  try {
    const header = await readElfHeader(reader)
    const sections = await Array.fromAsync(elfSections(reader, header))
    const names = sections[header.sections.nameTable]
    for (const section of sections) {
      const found = await elfSectionName(reader, names, section, MAX_SECTION_NAME_BYTES)
      if (found !== name) continue
      const { type, offset, size } = section
      const isShell = type === SHT_NULL || type === SHT_NOBITS
      return isShell || !reader.holds(offset, size) ? undefined : { offset, size }
    }
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error
  }
  return undefined
}
