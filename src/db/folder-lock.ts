import { statSync, truncateSync } from 'node:fs'
import Database from 'better-sqlite3'
import { AppError } from '../lib/app-error.ts'
import { isErrno } from '../lib/is-errno.ts'

/**
 * Takes the data folder for this process until the process ends or `release` is called. Fails with
 * `folder_in_use` when another process has it, with `store_unusable` when the lock cannot be used.
 *
 * The lock is an open exclusive transaction on a small database file of its own: the system drops it
 * with the process, so that a kill leaves no stale lock. Nothing is in the file: one that is damaged is
 * emptied, and `damaged` told so.
 */
export function lockFolder(
  path: string,
  damaged: (cause: unknown) => void = () => {},
): { release(): void } {
  try {
    return lock(path)
  } catch (cause) {
    if (isErrno(cause, 'SQLITE_BUSY')) {
      const message = `another symgate uses this data folder (${path} is locked)`
      throw new AppError('folder_in_use', message, { cause })
    }
    if (isErrno(cause, 'SQLITE_NOTADB', 'SQLITE_CORRUPT') && statSync(path).size > 0) {
      // In place: of two processes that put it right at once, each then asks for a lock on the same file.
      truncateSync(path)
      damaged(cause)
      return lockFolder(path, damaged)
    }
    throw new AppError('store_unusable', `cannot lock ${path}: ${String(cause)}`, { cause })
  }
}

function lock(path: string): { release(): void } {
  const database = new Database(path, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
    return { release: () => void database.close() }
  } catch (error) {
    database.close()
    throw error
  }
}
