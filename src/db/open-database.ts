import { closeSync, openSync } from 'node:fs'
import Database from 'better-sqlite3'
import { AppError } from '../lib/app-error.ts'
import { migrations } from './migrations.ts'

/**
 * Opens the database file, making or migrating it. Fails with `store_unusable` when the file is no
 * database or was made by a newer symgate.
 *
 * WAL with `synchronous = NORMAL`: a kill loses nothing, a power cut the last moments, which the
 * package journal and the caches make good (docs/architecture.md).
 */
export function openDatabase(path: string): Database.Database {
  let database: Database.Database | undefined
  try {
    // It holds the credentials of upstreams. SQLite's other files take the mode of this one.
    closeSync(openSync(path, 'a', 0o600))
    database = new Database(path)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = NORMAL')
    database.pragma('foreign_keys = ON')
    database.pragma('cache_size = -65536')
    migrate(database, path)
    return database
  } catch (cause) {
    database?.close()
    if (cause instanceof AppError) throw cause
    throw new AppError('store_unusable', `cannot use ${path} as the database: ${String(cause)}`, {
      cause,
    })
  }
}

function migrate(database: Database.Database, path: string): void {
  const version = Number(database.pragma('user_version', { simple: true }))
  if (version > migrations.length) {
    throw new AppError(
      'store_unusable',
      `${path} has schema version ${version}, this symgate knows ${migrations.length}: it was made by a newer one`,
    )
  }
  for (const [index, step] of migrations.entries()) {
    if (index < version) continue
    database.transaction(() => {
      database.exec(step)
      database.pragma(`user_version = ${index + 1}`)
    })()
  }
}
