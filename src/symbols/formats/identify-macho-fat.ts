import type { AcceptedFile, Identification } from '../identification.ts'
import { accept } from './accept.ts'
import { DamagedFile } from './damaged-file.ts'
import { identifyMachoSlice } from './identify-macho-slice.ts'
import type { PagedReader } from './paged-reader.ts'

const FAT_MAGIC_64 = 0xcafebabf
/** There are fewer Mach-O architectures, and Java's first version number is 45. */
const MAX_SLICES = 30

/**
 * Identifies a fat Mach-O file: it answers for each of its slices. Skips fat files of objects or static
 * libraries; one damaged slice makes the file damaged.
 */
export async function identifyMachoFat(
  reader: PagedReader,
  name: string | undefined,
): Promise<Identification> {
  const head = await reader.view(0, 8, false)
  const is64 = head.u32(0) === FAT_MAGIC_64
  const count = head.u32(4)
  if (count === 0 || count > MAX_SLICES)
    throw new DamagedFile(`the fat Mach-O file claims ${count} slices`)
  const bytes = is64 ? 32 : 20
  const table = await reader.view(8, count * bytes, false)
  const slices: AcceptedFile[] = []
  for (let index = 0; index < count; index++) {
    const entry = index * bytes + 8
    const offset = is64 ? table.u64(entry) : table.u32(entry)
    const size = is64 ? table.u64(entry + 8) : table.u32(entry + 4)
    if (!reader.holds(offset, size))
      throw new DamagedFile('a slice of the fat Mach-O file is cut off')
    const slice = await identifyMachoSlice(reader, name, offset, size)
    if (slice !== undefined) slices.push(slice)
  }
  const [first] = slices
  if (first === undefined)
    return { status: 'skip', reason: 'a fat file without linked Mach-O files' }
  const only = slices.length === 1 ? first : undefined
  return accept(
    {
      kind: 'macho',
      arch: slices.map(({ arch }) => arch ?? 'unknown').join('+'),
      debugId: only?.debugId,
      codeId: only?.codeId,
      identities: slices.flatMap(({ identities }) => identities),
      slices,
    },
    name,
  )
}
