import { isZlibError } from '../archives/is-zlib-error.ts'
import { AppError } from '../lib/app-error.ts'
import { isErrno } from '../lib/is-errno.ts'

/** Why a body was not taken, where that was found, and what is to blame. */
export interface BodyFault {
  readonly kind: 'mismatch' | 'trouble'
  readonly stage: 'download' | 'verification' | 'conversion'
  /** `beyond`: this server itself. */
  readonly blame: 'file' | 'beyond'
  readonly cause: string
}

/** The fault behind an error of a body: what decompression found wrong is the file's, what the disk refused this server's, everything else the transfer's. */
export function bodyFault(error: unknown): BodyFault {
  if (error instanceof AppError) {
    const { code, message: cause } = error
    return {
      kind: code === 'limit_exceeded' ? 'trouble' : 'mismatch',
      stage: 'conversion',
      blame: 'file',
      cause,
    }
  }
  if (isErrno(error, 'ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE')) {
    const cause = `cannot write to the cache: ${String(error)}`
    return { kind: 'trouble', stage: 'download', blame: 'beyond', cause }
  }
  // What ends too early was cut.
  const isDamaged = isZlibError(error) && error.code !== 'Z_BUF_ERROR'
  return {
    kind: isDamaged ? 'mismatch' : 'trouble',
    stage: isDamaged ? 'conversion' : 'download',
    blame: 'file',
    cause: isDamaged
      ? `damaged compression: ${String(error)}`
      : `the transfer broke off: ${String(error)}`,
  }
}
