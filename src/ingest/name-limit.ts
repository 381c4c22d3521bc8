import { matchesWildcard } from '../lib/matches-wildcard.ts'
import { baseName } from './base-name.ts'
import type { Uploader } from './upload.ts'

/**
 * Why the uploader may not publish the file with these keys, naming the name; undefined if it may. Every name by which
 * the file can be asked for counts. Files that are asked for by their id alone (SSQP's `_.debug`, `_.dwarf`) go by
 * the name that they came with.
 */
export function nameLimit(
  { path, keys }: { readonly path: string; readonly keys: readonly string[] },
  uploader: Uploader | undefined,
): string | undefined {
  if (uploader === undefined || uploader.names.length === 0) return undefined
  const { names } = uploader
  const own = keys
    .map((key) => key.slice(0, key.indexOf('/')))
    .filter((name) => !name.startsWith('_.'))
  const asked = new Set(own.length > 0 ? own : [baseName(path) ?? path])
  const foreign = [...asked].find(
    (name) => !names.some((pattern) => matchesWildcard(pattern, name)),
  )
  if (foreign === undefined) return undefined
  return `the token may publish files named ${names.join(', ')} only, not ${JSON.stringify(foreign)}`
}
