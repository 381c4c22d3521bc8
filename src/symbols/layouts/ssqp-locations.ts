import { keys } from '../keys.ts'
import type { SymbolPath } from '../symbol-path.ts'
import type { Location } from './location.ts'

/** Kinds that SSQP files under marked ids of their own, however a client has written them. */
const MARKED: ReadonlySet<string> = new Set(['elf', 'elf-debug', 'macho', 'macho-debug'])

const GUID_DIGITS = 32

/** Where a store of Microsoft's «Simple Symbol Query Protocol» has the file, likeliest first. */
export function ssqpLocations({ name, identities, storePath }: SymbolPath): readonly Location[] {
  const marked = keys(
    identities.filter(({ kind }) => MARKED.has(kind)),
    name,
  )
  const isPdb = identities[0]?.kind === 'pdb' || identities[0]?.kind === 'portable-pdb'
  return [...(marked.length > 0 ? marked : [storePath])].map((key): Location => {
    const [folder = '', id = '', ...file] = key.split('/')
    return {
      name: [folder.toLowerCase()],
      id: [isPdb ? pdbId(id) : id],
      file: file.map((segment) => segment.toLowerCase()),
    }
  })
}

/** GUID in lower and age in upper case (Symbolicator, paths.rs). */
function pdbId(id: string): string {
  return id.slice(0, GUID_DIGITS).toLowerCase() + id.slice(GUID_DIGITS).toUpperCase()
}
