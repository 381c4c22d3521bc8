import { hex8 } from './formats/hex8.ts'
import { imageId } from './formats/image-id.ts'
import type { Identity } from './identity.ts'

/** SSQP pads build-ids to the length of a SHA-1 (SSQP key conventions, "ELF-buildid"). */
const SSQP_BUILD_ID_DIGITS = 40
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
      return named(identity.guid + hexAge(identity.age))
    case 'portable-pdb':
      // SSQP's FFFFFFFF first; 1 is what debuggers without portable-PDB rules ask for.
      return [...named(`${identity.guid}FFFFFFFF`), ...named(`${identity.guid}1`)]
    case 'pdb20':
      return named(hex8(identity.signature) + hexAge(identity.age))
    case 'pe':
      return named(imageId(identity.timestamp, identity.sizeOfImage))
    case 'elf':
      return named(`elf-buildid-${padded(identity.buildId)}`)
    case 'elf-debug':
      return [`_.debug/elf-buildid-sym-${padded(identity.buildId)}/_.debug`]
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

/** SymStore writes no age where it is 0 or absent. */
function hexAge(age: number): string {
  return age === 0 ? '' : age.toString(16)
}

function padded(buildId: string): string {
  return buildId.padEnd(SSQP_BUILD_ID_DIGITS, '0')
}
