import { statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Database } from 'better-sqlite3'

/**
 * A check of the database that is open now: rejects when it cannot be asked, and when its file is gone or another, for what is
 * written then goes with the process.
 */
export function databaseCheck(database: Database): () => Promise<void> {
  const opened = statSync(database.name)
  const anything = database.prepare('SELECT 1')
  return async () => {
    anything.get()
    const now = await stat(database.name)
    if (now.ino !== opened.ino)
      throw new Error(`${database.name} is another file than the one that was opened`)
  }
}
