import { AppError } from '../lib/app-error.ts'
import { isErrno } from '../lib/is-errno.ts'

/**
 * `disk_full` for the system's and the database's errors that mean that, `store_unusable` for those of a
 * disk that can only be read; any other error as it is.
 */
export function diskFull(error: unknown): unknown {
  if (isErrno(error, 'ENOSPC', 'EDQUOT', 'SQLITE_FULL'))
    return new AppError('disk_full', 'the disk is full', { cause: error })
  if (isErrno(error, 'EROFS', 'SQLITE_READONLY'))
    return new AppError('store_unusable', 'the disk can only be read', { cause: error })
  return error
}
