import { hex8 } from './ids/hex8.ts'
import { imageId } from './ids/image-id.ts'
import type { Identity } from './identity.ts'
import { ssqpBuildId } from './ids/ssqp-build-id.ts'
import { storeAge } from './ids/store-age.ts'

/** The only extension that `.sym` replaces; it is appended to others (Breakpad, simple_symbol_supplier.cc). */
const PDB_EXTENSION = /\.pdb$/i
/** Of code ids, where rust-minidump replaces this one and appends to others. */
const DLL_EXTENSION = /\.dll$/i

/**
 * Every path `name/id/file` of the known layouts under which a file with these identities is stored or
 * asked for: SymStore's in SymStore's own casing (name as given, GUID upper, age lower), SSQP's and
 * Breakpad's, in the order of the identities and without repetitions that differ in case only.
 * `name` is the file's base name, for Breakpad files the module's. Without a name only the keys that
 * carry none are given.
 */
export function keys(identities: readonly Identity[], name: string | undefined): string[] {
  const found = new Map<string, string>()
  for (const identity of identities) {
    for (const key of keysOf(identity, name)) {
      const folded = key.toLowerCase()
      if (!found.has(folded)) found.set(folded, key)
    }
  }
  return [...found.values()]
}

function keysOf(identity: Identity, name: string | undefined): string[] {
  const named = (id: string): string[] => (name === undefined ? [] : [`${name}/${id}/${name}`])
  switch (identity.kind) {
    case 'pdb':
      return named(identity.guid + storeAge(identity.age))
    case 'portable-pdb':
      // SSQP's FFFFFFFF first; 1 is what debuggers without portable-PDB rules ask for.
      return [...named(`${identity.guid}FFFFFFFF`), ...named(`${identity.guid}1`)]
    case 'pdb20':
      return named(hex8(identity.signature) + storeAge(identity.age))
    case 'pe':
      return named(imageId(identity.timestamp, identity.sizeOfImage))
    case 'elf':
      return named(`elf-buildid-${ssqpBuildId(identity.buildId)}`)
    case 'elf-debug':
      return [`_.debug/elf-buildid-sym-${ssqpBuildId(identity.buildId)}/_.debug`]
    case 'macho':
      return named(`mach-uuid-${identity.uuid.toLowerCase()}`)
    case 'macho-debug':
      return [`_.dwarf/mach-uuid-sym-${identity.uuid.toLowerCase()}/_.dwarf`]
    case 'breakpad': {
      if (name === undefined) return []
      const id = identity.guid + identity.age.toString(16)
      return [`${name}/${id}/${name.replace(PDB_EXTENSION, '')}.sym`]
    }
    case 'breakpad-code':
      return [`${identity.name}/${identity.codeId}/${identity.name.replace(DLL_EXTENSION, '')}.sym`]
    case 'wasm':
    case 'wasm-debug':
      return named(identity.buildId)
    case 'path':
      return [identity.path]
  }
}
