import { AppError, type ErrorCode } from '../../lib/app-error.ts'

/** An error as it crosses to another thread: an AppError keeps its code, any other only its message. */
export interface Failure {
  readonly code: ErrorCode | undefined
  readonly message: string
}

/** Packs an error for the way. */
export function toFailure(error: unknown): Failure {
  return {
    code: error instanceof AppError ? error.code : undefined,
    message: error instanceof Error ? error.message : String(error),
  }
}

/** Unpacks it on the other side. */
export function fromFailure({ code, message }: Failure): Error {
  return code === undefined ? new Error(message) : new AppError(code, message)
}
