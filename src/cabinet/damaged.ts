import { AppError } from '../lib/app-error.ts'

/** The `archive_damaged` that a cabinet's bytes call for. */
export function damaged(what: string, options?: ErrorOptions): AppError {
  return new AppError('archive_damaged', `the cabinet is damaged: ${what}`, options)
}
