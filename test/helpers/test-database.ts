import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { openDatabase } from '../../src/db/open-database.ts'
import { tempDir } from './temp-dir.ts'

/** A fresh database in a folder of its own; closed when the test has finished. */
export function testDatabase(): Database {
  const database = openDatabase(join(tempDir(), 'symgate.db'))
  onTestFinished(() => void database.close())
  return database
}

/** Lets the database grow no more, as on a full disk, until the result is called. */
export function fillDisk(database: Database): () => void {
  // What was freed within the file would take rows still.
  database.exec('VACUUM')
  const pages = Number(database.pragma('page_count', { simple: true }))
  database.pragma(`max_page_count = ${pages}`)
  return () => void database.pragma(`max_page_count = ${2 ** 30}`)
}
