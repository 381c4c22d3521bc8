import { AppError } from '../lib/app-error.ts'

/** The `unsupported_format` for a cabinet that may be good, but not for this reader. */
export function unsupported(why: string): AppError {
  return new AppError('unsupported_format', `this cabinet cannot be read: ${why}`)
}
