import { DamagedFile } from './damaged-file.ts'
import type { ElfRange } from './elf-sections.ts'
import { isPlaceholder } from './is-placeholder.ts'
import type { PagedReader } from './paged-reader.ts'

const NT_GNU_BUILD_ID = 3
const NOTE_HEADER_BYTES = 12
/** In all ranges together, which may overlap. Probes and package metadata make hundreds of notes at most. */
const MAX_NOTES = 16_384
/** The longest digest there is; ids are made part of file names. */
const MAX_BUILD_ID_BYTES = 64

/**
 * The first GNU build-id in these note sections and segments, in lower-case hexadecimal; undefined when
 * they have none. Where nothing else has an id, throws DamagedFile for a note that is cut off, and for an
 * id that is empty, a placeholder or too long; and for more notes than any file has.
 */
export async function elfBuildId(
  reader: PagedReader,
  ranges: readonly ElfRange[],
  littleEndian: boolean,
): Promise<string | undefined> {
  let damage: DamagedFile | undefined
  let count = 0
  for (const range of ranges) {
    try {
      for await (const note of notes(reader, range, littleEndian)) {
        count++
        if (note.isBuildId) return await readId(reader, note.contentAt, note.size)
        if (count === MAX_NOTES) break
      }
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error
      damage ??= error // another note may still have it
      count++
    }
    if (count >= MAX_NOTES) throw new DamagedFile('the ELF file has too many notes')
  }
  if (damage !== undefined) throw damage
  return undefined
}

interface Note {
  readonly isBuildId: boolean
  readonly contentAt: number
  readonly size: number
}

async function* notes(
  reader: PagedReader,
  range: ElfRange,
  littleEndian: boolean,
): AsyncGenerator<Note> {
  const align = range.align === 8 ? 8 : 4
  const padded = (length: number): number => Math.ceil(length / align) * align
  const end = range.offset + range.size
  let at = range.offset
  while (at + NOTE_HEADER_BYTES <= end) {
    const note = await reader.view(at, NOTE_HEADER_BYTES, littleEndian)
    const nameSize = note.u32(0)
    const size = note.u32(4)
    const contentAt = at + padded(NOTE_HEADER_BYTES + nameSize)
    // lld leaves the last note of a short id unpadded, so the content alone must fit.
    if (contentAt + size > end) throw new DamagedFile('an ELF note is cut off')
    const isBuildId =
      note.u32(8) === NT_GNU_BUILD_ID &&
      nameSize === 4 &&
      (await isGnu(reader, at + NOTE_HEADER_BYTES))
    yield { isBuildId, contentAt, size }
    at = contentAt + padded(size)
  }
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
