import { INTERNAL_FOLDER } from './internal-folder.ts'

/** Whether this can be the key of a blob: relative, without odd segments, outside the store's own folder. */
export function isStoreKey(key: string): boolean {
  return key
    .split('/')
    .every(
      (segment) =>
        segment !== '' &&
        segment !== '.' &&
        segment !== '..' &&
        segment !== INTERNAL_FOLDER &&
        !/[\\\0]/.test(segment),
    )
}
