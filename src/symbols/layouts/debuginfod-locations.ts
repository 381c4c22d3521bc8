import type { SymbolPath } from '../symbol-path.ts'
import type { Location } from './location.ts'

/** Where a debuginfod server has the file (elfutils, debuginfod(8), «WEBAPI»); nothing for what it cannot have. */
export function debuginfodLocations({ form, identities, source }: SymbolPath): readonly Location[] {
  if (source !== undefined) {
    const file = source.path.split('/').filter((segment) => segment !== '')
    return [at(source.buildId, 'source', ...file)]
  }
  if (form !== 'plain') return []
  return identities.flatMap((identity): readonly Location[] => {
    switch (identity.kind) {
      case 'elf':
        return [at(identity.buildId, 'executable')]
      case 'elf-debug':
        return [at(identity.buildId, 'debuginfo')]
      default:
        return []
    }
  })
}

function at(buildId: string, ...file: readonly string[]): Location {
  return { name: ['buildid'], id: [buildId], file }
}
