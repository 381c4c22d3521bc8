import { imageId } from '../formats/image-id.ts'
import type { DebugId } from './debug-id.ts'
import type { IdMeaning } from './id-meaning.ts'
import type { NameKind } from './name-kind.ts'

/** SSQP pads build-ids to the length of a SHA-1 (SSQP key conventions, "ELF-buildid"). */
const SSQP_BUILD_ID_DIGITS = 40
/** The age of portable PDBs, which SSQP writes in upper case. */
const NO_AGE = 0xffff_ffff

/**
 * The id in the spelling of its layout, one for all spellings of the same value: GUID and timestamp
 * upper case, age and size lower without padding, everything else lower; code ids of Breakpad upper.
 */
export function storeId(meaning: IdMeaning, name: NameKind, forBreakpad: boolean): string {
  switch (meaning.kind) {
    case 'pdb20':
      return imageId(meaning.signature, meaning.age).slice(0, meaning.age === 0 ? -1 : undefined)
    case 'image': {
      const codeId = imageId(meaning.timestamp, meaning.sizeOfImage)
      return forBreakpad ? codeId.toUpperCase() : codeId
    }
    case 'debug-id':
      return meaning.debugId.guid + ageText(meaning.debugId, name, forBreakpad)
    case 'build-id':
      return forBreakpad ? meaning.digits.toUpperCase() : meaning.digits
    case 'elf':
    case 'elf-debug': {
      const buildId = meaning.buildId.padEnd(SSQP_BUILD_ID_DIGITS, '0')
      return `elf-buildid-${meaning.kind === 'elf' ? '' : 'sym-'}${buildId}`
    }
    case 'macho':
    case 'macho-debug':
      return `mach-uuid-${meaning.kind === 'macho' ? '' : 'sym-'}${meaning.uuid.toLowerCase()}`
    case 'opaque':
      return meaning.text
  }
}

/** SymStore leaves an age of 0 out, Breakpad writes it; under other names its 0 tells a debug id from a build-id. */
function ageText({ age, isPlainZero }: DebugId, name: NameKind, forBreakpad: boolean): string {
  if (age === NO_AGE && !forBreakpad) return 'FFFFFFFF'
  if (age !== 0) return age.toString(16)
  const isOfWindows = name === 'pdb' || name === 'image'
  return (isOfWindows ? forBreakpad : isPlainZero) ? '0' : ''
}
