import type { AcceptedFile } from '../identification.ts'
import { accept } from './accept.ts'
import { readMacho } from './read-macho.ts'
import type { PagedReader } from './paged-reader.ts'

/** Identifies the Mach-O file at `[base, base + size)`; undefined for object files and what is no Mach-O. */
export async function identifyMachoSlice(
  reader: PagedReader,
  name: string | undefined,
  base: number,
  size: number,
): Promise<AcceptedFile | undefined> {
  const macho = await readMacho(reader, base, size)
  if (macho === undefined) return undefined
  const { uuid, isDsym, arch } = macho
  return accept(
    {
      kind: 'macho',
      arch,
      debugId: `${uuid}0`,
      codeId: uuid.toLowerCase(),
      identities: [{ kind: isDsym ? 'macho-debug' : 'macho', uuid }],
    },
    name,
  )
}
