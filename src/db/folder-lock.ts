import Database from 'better-sqlite3'
import { AppError } from '../lib/app-error.ts'

/**
 * Takes the data folder for this process until the process ends or `release` is called. Fails with
 * `folder_in_use` when another process has it.
 *
 * The lock is an open exclusive transaction on a small database file of its own: the system drops it
 * with the process, so that a kill leaves no stale lock.
 */
export function lockFolder(path: string): { release(): void } {
  const database = new Database(path, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    throw new AppError(
      'folder_in_use',
      `another symgate uses this data folder (${path} is locked)`,
      { cause },
    )
  }
  return { release: () => void database.close() }
}
