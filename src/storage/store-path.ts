import { join } from 'node:path'
import { AppError } from '../lib/app-error.ts'

/** The folder inside a store that holds symgate's own files: never a blob's name, never listed. */
export const INTERNAL_FOLDER = '.symgate'

/** The file of a key below `root`. Throws `request_invalid` when the key would lead anywhere else. */
export function storePath(root: string, key: string): string {
  for (const segment of key.split('/')) {
    if (
      segment === '' ||
      segment === '.' ||
      segment === '..' ||
      segment === INTERNAL_FOLDER ||
      /[\\\0]/.test(segment)
    ) {
      throw new AppError('request_invalid', `${JSON.stringify(key)} is no key of a store`)
    }
  }
  return join(root, key)
}
