import { foreignName } from './foreign-name.ts'
import type { Uploader } from './upload.ts'

/**
 * Why the uploader may not publish the file with these keys, naming the name; undefined if it may. Every name by which
 * the file can be asked for counts.
 */
export function nameLimit(
  file: { readonly path: string; readonly keys: readonly string[] },
  uploader: Uploader | undefined,
): string | undefined {
  if (uploader === undefined || uploader.names.length === 0) return undefined
  const foreign = foreignName(file, uploader.names)
  if (foreign === undefined) return undefined
  return `the token may publish files named ${uploader.names.join(', ')} only, not ${JSON.stringify(foreign)}`
}
