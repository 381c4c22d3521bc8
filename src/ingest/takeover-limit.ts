import type { PackageHoldings } from '../db/package-holdings.ts'
import { foreignName } from './foreign-name.ts'
import type { Uploader } from './upload.ts'

/**
 * Why the uploader may not answer for an id of these hosted bytes in their place, naming the name; undefined if it may.
 * Every name counts under which a package holds them: most files are found by their id, whatever name is asked for.
 */
export function takeoverLimit(
  { sha256, storeKey }: { readonly sha256: string; readonly storeKey: string },
  uploader: Uploader | undefined,
  holdings: Pick<PackageHoldings, 'files'>,
): string | undefined {
  if (uploader === undefined || uploader.names.length === 0) return undefined
  const { names } = uploader
  const held = [{ path: storeKey, keys: [storeKey] }, ...holdings.files(sha256, storeKey)]
  // The key of what is asked for by its id alone says nothing where a package tells its name.
  const telling = held.length > 1 && storeKey.startsWith('_.') ? held.slice(1) : held
  const foreign = telling.map((file) => foreignName(file, names)).find((name) => name !== undefined)
  if (foreign === undefined) return undefined
  return `other bytes of this id are hosted as ${JSON.stringify(foreign)} (sha256 ${sha256}), and the token may publish files named ${names.join(', ')} only`
}
