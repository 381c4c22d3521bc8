import type { AcceptedFile, Identification } from '../identification.ts'
import { accept } from './accept.ts'
import { readMacho } from './macho.ts'
import type { PagedReader } from './paged-reader.ts'

/** Identifies a thin Mach-O file by its UUID; skips object files. */
export async function identifyMacho(
  reader: PagedReader,
  name: string | undefined,
): Promise<Identification> {
  const slice = await identifyMachoSlice(reader, name, 0, reader.size)
  return slice ?? { status: 'skip', reason: 'a Mach-O object file' }
}

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
