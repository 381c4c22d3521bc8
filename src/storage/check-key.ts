import { AppError } from '../lib/app-error.ts'
import { isStoreKey } from './is-store-key.ts'

/** Gives back the key, or throws `request_invalid` when it would lead out of a store or into its own folder. */
export function checkKey(key: string): string {
  if (isStoreKey(key)) return key
  throw new AppError('request_invalid', `${JSON.stringify(key)} is no key of a store`)
}
