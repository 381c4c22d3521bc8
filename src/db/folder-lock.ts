import Database from 'better-sqlite3'
import { AppError } from '../lib/app-error.ts'
import { isErrno } from '../lib/is-errno.ts'

/**
 * Takes the data folder for this process until the process ends or `release` is called. Fails with
 * `folder_in_use` when another process has it, with `store_unusable` when the lock cannot be used.
 *
 * The lock is an open exclusive transaction on a small database file of its own: the system drops it
 * with the process, so that a kill leaves no stale lock.
 */
export function lockFolder(path: string): { release(): void } {
  let database: Database.Database | undefined
  try {
    const opened = new Database(path, { timeout: 0 })
    database = opened
    opened.exec('BEGIN EXCLUSIVE')
    return { release: () => void opened.close() }
  } catch (cause) {
    database?.close()
    if (isErrno(cause, 'SQLITE_BUSY')) {
      const message = `another symgate uses this data folder (${path} is locked)`
      throw new AppError('folder_in_use', message, { cause })
    }
    throw new AppError('store_unusable', `cannot lock ${path}: ${String(cause)}`, { cause })
  }
}
