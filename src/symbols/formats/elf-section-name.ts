import type { ElfRange, ElfSection } from './elf-sections.ts'
import type { PagedReader } from './paged-reader.ts'

/** The section's name, cut at `maxBytes`; empty where the name table does not hold it. */
export async function elfSectionName(
  reader: PagedReader,
  names: ElfRange | undefined,
  section: ElfSection,
  maxBytes: number,
): Promise<string> {
  if (names === undefined || section.name >= names.size) return ''
  const offset = names.offset + section.name
  const length = Math.min(maxBytes, names.size - section.name, Math.max(0, reader.size - offset))
  return (await reader.view(offset, length)).text(0)
}
