import { AppError } from '../lib/app-error.ts'

/** Why a body was not taken, and whether the file or its sender is to blame. */
export type BodyFault = { readonly kind: 'mismatch' | 'trouble'; readonly cause: string }

/** The fault behind an error of a body: what decompression found wrong is the file's, everything else the transfer's. */
export function bodyFault(error: unknown): BodyFault {
  if (!(error instanceof AppError))
    return { kind: 'trouble', cause: `the transfer broke off: ${String(error)}` }
  const { code, message } = error
  return { kind: code === 'limit_exceeded' ? 'trouble' : 'mismatch', cause: message }
}
