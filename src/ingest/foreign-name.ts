import { matchesWildcard } from '../lib/matches-wildcard.ts'
import { baseName } from './base-name.ts'

/**
 * A name by which the file with these keys can be asked for and which fits none of the patterns; undefined if there is
 * none. Files that are asked for by their id alone (SSQP's `_.debug`, `_.dwarf`) go by the name that they came with.
 */
export function foreignName(
  { path, keys }: { readonly path: string; readonly keys: readonly string[] },
  patterns: readonly string[],
): string | undefined {
  const own = keys
    .map((key) => key.slice(0, key.indexOf('/')))
    .filter((name) => !name.startsWith('_.'))
  const asked = new Set(own.length > 0 ? own : [baseName(path) ?? path])
  return [...asked].find((name) => !patterns.some((pattern) => matchesWildcard(pattern, name)))
}
