import { compressedPath } from '../compressed-path.ts'
import type { SymbolPath } from '../symbol-path.ts'
import { applyCasing } from './apply-casing.ts'
import type { Casing, Layout } from './layout.ts'
import type { Location } from './location.ts'
import { debuginfodLocations } from './debuginfod-locations.ts'
import { otherAgePath } from './other-age-path.ts'
import { nativeLocations } from './native-locations.ts'
import { ssqpLocations } from './ssqp-locations.ts'
import { tierOf } from './tier-of.ts'

/** Each is a request: ids that can be padded build-ids have many spellings, and the likely ones come first. */
const MAX_SPELLINGS = 12

/** How a store spells. */
interface SpellingOptions {
  readonly layout: Layout
  /** Tried one after the other. */
  readonly casing: readonly Casing[]
  /** Whether a `file.ptr` may stand for the file, in stores of SymStore's layouts. */
  readonly pointers?: boolean
}

/**
 * The paths under which a store of this layout may have the file, in the order in which they are tried and
 * without repetition: the file itself in each casing, then its compressed form, then its pointer, then the file under
 * the other age that a PDB's id can mean. Empty when
 * the layout has no place for such a file.
 */
export function spellings(
  path: SymbolPath,
  { layout, casing, pointers = false }: SpellingOptions,
): readonly string[] {
  const spelled = new Set<string>()
  for (const locations of formsOf(path, layout, pointers)) {
    for (const each of casing)
      for (const location of locations) spelled.add(applyCasing(location, each))
  }
  return [...spelled].slice(0, MAX_SPELLINGS)
}

/** Where the file lies plain, where compressed, and where its pointer lies. */
function formsOf(
  path: SymbolPath,
  layout: Layout,
  pointers: boolean,
): readonly (readonly Location[])[] {
  switch (layout) {
    case 'symstore':
      return stored(path, [], pointers)
    case 'symstore_index2':
      return stored(path, [tierOf(path.name)], pointers)
    case 'ssqp':
      return [path.form === 'breakpad' ? [location(path.storePath, [])] : ssqpLocations(path)]
    case 'breakpad':
      return [path.form === 'breakpad' ? [location(path.storePath, [])] : []]
    case 'debuginfod':
      return [debuginfodLocations(path)]
    case 'native': {
      const locations = path.form === 'plain' ? nativeLocations(path.identities) : []
      return locations.length > 0 ? [locations] : stored(path, [], pointers)
    }
  }
}

function stored(
  path: SymbolPath,
  tier: readonly string[],
  pointers: boolean,
): readonly (readonly Location[])[] {
  const compressed = compressedPath(path)
  // SymStore keeps nothing beside what it compresses.
  const others =
    compressed === undefined
      ? []
      : [compressed, ...(pointers ? [compressed.replace(/[^/]*$/, 'file.ptr')] : [])]
  const otherAge = otherAgePath(path)
  const keys = [path.storePath, ...others, ...(otherAge === undefined ? [] : [otherAge])]
  return keys.map((key) => [location(key, tier)])
}

function location(key: string, tier: readonly string[]): Location {
  const [name = '', id = '', ...file] = key.split('/')
  return { name: [...tier, name], id: [id], file }
}
