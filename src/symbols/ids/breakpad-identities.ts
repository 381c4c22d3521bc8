import { imageId } from './image-id.ts'
import type { Identity } from '../identity.ts'
import { breakpadGuid } from './breakpad-guid.ts'
import type { IdMeaning } from './id-meaning.ts'

/**
 * What an id of this meaning says of the Breakpad text symbols of the module `name` (lower case), best
 * first: they are asked for by debug id, or by the code id (PE timestamp and size, build-id, UUID), which
 * is upper case there.
 */
export function breakpadIdentities(meaning: IdMeaning, name: string): Identity[] {
  switch (meaning.kind) {
    case 'debug-id': {
      const { guid, age } = meaning.debugId
      return [{ kind: 'breakpad', guid, age }]
    }
    case 'image': {
      const codeId = imageId(meaning.timestamp, meaning.sizeOfImage).toUpperCase()
      return [{ kind: 'breakpad-code', name, codeId }]
    }
    case 'build-id':
      return ofBuildId(meaning.digits, name)
    case 'elf':
    case 'elf-debug':
      return ofBuildId(meaning.buildId, name)
    case 'macho':
    case 'macho-debug':
      return [{ kind: 'breakpad', guid: meaning.uuid, age: 0 }]
    case 'pdb20':
    case 'opaque':
      return []
  }
}

function ofBuildId(buildId: string, name: string): Identity[] {
  return [
    { kind: 'breakpad-code', name, codeId: buildId.toUpperCase() },
    { kind: 'breakpad', guid: breakpadGuid(buildId), age: 0 },
  ]
}
