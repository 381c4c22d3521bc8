import type { Identity } from '../identity.ts'
import type { Location } from './location.ts'

/** Where debuggers of Linux and macOS keep files; nothing for others, which lie as in a SymStore. */
export function nativeLocations(identities: readonly Identity[]): readonly Location[] {
  return identities.flatMap((identity): readonly Location[] => {
    switch (identity.kind) {
      case 'elf':
        return [at(buildIdPath(identity.buildId))]
      case 'elf-debug':
        return [at(`${buildIdPath(identity.buildId)}.debug`)]
      case 'macho':
        return [at(`${uuidPath(identity.uuid)}.app`)]
      case 'macho-debug':
        return [at(uuidPath(identity.uuid))]
      default:
        return []
    }
  })
}

function at(path: string): Location {
  return { name: [], id: [], file: path.split('/') }
}

/** GDB's `.build-id` folder: the first byte, then the rest. */
function buildIdPath(buildId: string): string {
  return `${buildId.slice(0, 2)}/${buildId.slice(2)}`
}

/** LLDB's folder of UUIDs: five groups of four digits, then the rest. */
function uuidPath(uuid: string): string {
  return uuid.replace(/^(.{4})(.{4})(.{4})(.{4})(.{4})/, '$1/$2/$3/$4/$5/')
}
