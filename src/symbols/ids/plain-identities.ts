import type { Identity } from '../identity.ts'
import { breakpadGuid } from './breakpad-guid.ts'
import type { DebugId } from './debug-id.ts'
import type { IdMeaning } from './id-meaning.ts'
import { nameKind } from './name-kind.ts'
import { wasmPart } from '../wasm-part.ts'
import { unpaddedBuildIds } from './unpadded-build-ids.ts'

const UUID_DIGITS = 32
/** The age of portable PDBs, and of no other. */
const NO_AGE = 0xffff_ffff

/** What an id of this meaning says the file `name` (lower case) itself is, best first; empty when it says nothing. */
export function plainIdentities(meaning: IdMeaning, name: string): Identity[] {
  switch (meaning.kind) {
    case 'pdb20':
    case 'macho':
    case 'macho-debug':
      return [meaning]
    case 'image':
      return [{ ...meaning, kind: 'pe', name }]
    case 'elf':
    case 'elf-debug':
      return unpaddedBuildIds(meaning.buildId).map((buildId) => ({ kind: meaning.kind, buildId }))
    case 'debug-id':
      return ofDebugId(meaning.debugId, name)
    case 'build-id':
      return ofBuildId(meaning.digits, name)
    case 'opaque':
      return []
  }
}

function ofDebugId(debugId: DebugId, name: string): Identity[] {
  // Breakpad's id of an ELF, Mach-O or wasm file, by which crash services ask for the file itself (symbold).
  const { guid, isPlainZero: isNative } = debugId
  switch (nameKind(name)) {
    case 'pdb':
      return ofPdb(debugId)
    case 'image':
      return []
    case 'wasm':
      return isNative ? [{ kind: wasmPart(name), buildId: guid.toLowerCase() }] : []
    case 'other': {
      if (!isNative) return ofPdb(debugId)
      const buildIds = unpaddedBuildIds(breakpadGuid(guid).toLowerCase())
      return [...ofMachO(guid), ...buildIds.flatMap(ofElf), ...ofPdb(debugId)]
    }
  }
}

function ofPdb({ guid, age, decimalAge }: DebugId): Identity[] {
  const pdb: Identity = { kind: 'pdb', guid, age }
  // Portable PDBs have no age, and clients send FFFFFFFF, 0, 1 or another one (BaGetter).
  const portable: Identity = { kind: 'portable-pdb', guid }
  if (age === NO_AGE) return [portable, pdb]
  if (decimalAge === undefined) return [pdb, portable]
  return [pdb, portable, { kind: 'pdb', guid, age: decimalAge }]
}

function ofBuildId(digits: string, name: string): Identity[] {
  if (nameKind(name) === 'wasm') return [{ kind: wasmPart(name), buildId: digits }]
  const uuid = digits.length === UUID_DIGITS ? ofMachO(digits.toUpperCase()) : []
  return [...unpaddedBuildIds(digits).flatMap(ofElf), ...uuid]
}

function ofElf(buildId: string): Identity[] {
  return [
    { kind: 'elf', buildId },
    { kind: 'elf-debug', buildId },
  ]
}

function ofMachO(uuid: string): Identity[] {
  return [
    { kind: 'macho', uuid },
    { kind: 'macho-debug', uuid },
  ]
}
