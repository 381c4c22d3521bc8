import { AppError } from '../lib/app-error.ts'
import { isErrno } from '../lib/is-errno.ts'

/** `disk_full` for the system's and the database's errors that mean that; any other error as it is. */
export function diskFull(error: unknown): unknown {
  if (!isErrno(error, 'ENOSPC', 'EDQUOT', 'SQLITE_FULL')) return error
  return new AppError('disk_full', 'the disk is full', { cause: error })
}
