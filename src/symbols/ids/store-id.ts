import { hex8 } from './hex8.ts'
import { imageId } from './image-id.ts'
import type { DebugId } from './debug-id.ts'
import type { IdMeaning } from './id-meaning.ts'
import type { NameKind } from './name-kind.ts'
import { ssqpBuildId } from './ssqp-build-id.ts'
import { storeAge } from './store-age.ts'

/** The age of portable PDBs, which SSQP writes in upper case. */
const NO_AGE = 0xffff_ffff

/**
 * The id in the spelling of its layout, one for all spellings of the same value: GUID and timestamp
 * upper case, age and size lower without padding, everything else lower; code ids of Breakpad upper.
 */
export function storeId(meaning: IdMeaning, name: NameKind, forBreakpad: boolean): string {
  switch (meaning.kind) {
    case 'pdb20':
      return hex8(meaning.signature) + storeAge(meaning.age)
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
      const buildId = ssqpBuildId(meaning.buildId)
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
