import { DamagedFile } from './damaged-file.ts'
import type { ElfRange } from './elf-sections.ts'
import { isPlaceholder } from './is-placeholder.ts'
import type { PagedReader } from './paged-reader.ts'

const NT_GNU_BUILD_ID = 3
const NOTE_HEADER_BYTES = 12
/** Probes and package metadata make hundreds of notes at most. */
const MAX_NOTES = 16_384
/** The longest digest there is; ids are made part of file names. */
const MAX_BUILD_ID_BYTES = 64

/**
 * The GNU build-id in a note section or segment, in lower-case hexadecimal; undefined when it has none.
 * Throws DamagedFile when a note is cut off, or the id is empty, a placeholder or too long.
 */
export async function elfBuildId(
  reader: PagedReader,
  range: ElfRange,
  littleEndian: boolean,
): Promise<string | undefined> {
  const align = range.align === 8 ? 8 : 4
  const padded = (length: number): number => Math.ceil(length / align) * align
  const end = range.offset + range.size
  let at = range.offset
  for (let count = 0; at + NOTE_HEADER_BYTES <= end; count++) {
    if (count === MAX_NOTES) throw new DamagedFile('the ELF file has too many notes')
    const note = await reader.view(at, NOTE_HEADER_BYTES, littleEndian)
    const nameSize = note.u32(0)
    const size = note.u32(4)
    const contentAt = at + padded(NOTE_HEADER_BYTES + nameSize)
    // lld leaves the last note of a short id unpadded, so the content alone must fit.
    if (contentAt + size > end) throw new DamagedFile('an ELF note is cut off')
    if (
      note.u32(8) === NT_GNU_BUILD_ID &&
      nameSize === 4 &&
      (await isGnu(reader, at + NOTE_HEADER_BYTES))
    ) {
      return readId(reader, contentAt, size)
    }
    at = contentAt + padded(size)
  }
  return undefined
}

async function isGnu(reader: PagedReader, offset: number): Promise<boolean> {
  return Buffer.from(await reader.read(offset, 4)).toString('latin1') === 'GNU\0'
}

async function readId(reader: PagedReader, offset: number, size: number): Promise<string> {
  if (size === 0 || size > MAX_BUILD_ID_BYTES)
    throw new DamagedFile(`the build-id has ${size} bytes`)
  const id = Buffer.from(await reader.read(offset, size)).toString('hex')
  if (isPlaceholder(id)) throw new DamagedFile(`the build-id is a placeholder: ${id}`)
  return id
}
