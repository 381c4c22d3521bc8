import { compressedPath } from '../compressed-path.ts'
import type { SymbolPath } from '../symbol-path.ts'
import { applyCasing } from './apply-casing.ts'
import type { Casing, Layout } from './layout.ts'
import type { Location } from './location.ts'
import { nativeLocations } from './native-locations.ts'
import { ssqpLocations } from './ssqp-locations.ts'
import { tierOf } from './tier-of.ts'

/** Each is a request: ids that can be padded build-ids have many spellings, and the likely ones come first. */
const MAX_SPELLINGS = 12

/**
 * The paths under which a store of this layout may have the file, in the order in which they are tried and
 * without repetition: the file itself in each casing, then its compressed form in each. Empty when the
 * layout has no place for such a file.
 */
export function spellings(
  path: SymbolPath,
  { layout, casing }: { readonly layout: Layout; readonly casing: readonly Casing[] },
): readonly string[] {
  const spelled = new Set<string>()
  for (const locations of formsOf(path, layout)) {
    for (const each of casing)
      for (const location of locations) spelled.add(applyCasing(location, each))
  }
  return [...spelled].slice(0, MAX_SPELLINGS)
}

/** Where the file lies plain, and where compressed. */
function formsOf(path: SymbolPath, layout: Layout): readonly (readonly Location[])[] {
  switch (layout) {
    case 'symstore':
      return stored(path, [])
    case 'symstore_index2':
      return stored(path, [tierOf(path.name)])
    case 'ssqp':
      return [path.form === 'breakpad' ? [location(path.storePath, [])] : ssqpLocations(path)]
    case 'breakpad':
      return [path.form === 'breakpad' ? [location(path.storePath, [])] : []]
    case 'native': {
      const locations = path.form === 'plain' ? nativeLocations(path.identities) : []
      return locations.length > 0 ? [locations] : stored(path, [])
    }
  }
}

function stored(path: SymbolPath, tier: readonly string[]): readonly (readonly Location[])[] {
  const compressed = compressedPath(path)
  return [path.storePath, ...(compressed === undefined ? [] : [compressed])].map((key) => [
    location(key, tier),
  ])
}

function location(key: string, tier: readonly string[]): Location {
  const [name = '', id = '', ...file] = key.split('/')
  return { name: [...tier, name], id: [id], file }
}
