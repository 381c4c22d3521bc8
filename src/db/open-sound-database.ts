import { existsSync, renameSync, statSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { AppError } from '../lib/app-error.ts'
import { openDatabase } from './open-database.ts'

/** Databases up to this size are looked through at the start, at about a gigabyte a second. */
const MAX_CHECKED_BYTES = 256 << 20

/** A database is three files. */
const SUFFIXES = ['', '-wal', '-shm'] as const

/**
 * As `openDatabase`, but a file that is damaged, or no database, is renamed to `<path>.damaged-<time>` and a
 * new one made in its place; `setAside` is told so.
 */
export function openSoundDatabase(
  path: string,
  setAside: (aside: string, cause: unknown) => void,
): Database {
  try {
    return openChecked(path)
  } catch (error) {
    if (!isDamage(error)) throw error
    const aside = `${path}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
    for (const suffix of SUFFIXES)
      if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
    setAside(aside, error)
    return openDatabase(path)
  }
}

function openChecked(path: string): Database {
  const database = openDatabase(path)
  if (statSync(path).size > MAX_CHECKED_BYTES) return database
  try {
    const found = database.pragma('quick_check(1)', { simple: true })
    if (found !== 'ok') throw new DamagedDatabase(`${path} is damaged: ${String(found)}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

class DamagedDatabase extends Error {}

function isDamage(error: unknown): boolean {
  if (error instanceof DamagedDatabase) return true
  const cause = error instanceof AppError ? error.cause : error
  if (!(cause instanceof Error) || !('code' in cause)) return false
  return /^SQLITE_(?:CORRUPT|NOTADB)/.test(String(cause.code))
}
