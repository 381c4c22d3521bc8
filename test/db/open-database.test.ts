import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { migrations } from '../../src/db/migrations.ts'
import { openDatabase } from '../../src/db/open-database.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const tables = (database: Database.Database): unknown[] =>
  database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).pluck().all()

describe('openDatabase', () => {
  it('makes a database with the whole schema, which survives being opened again', () => {
    const path = join(tempDir(), 'symgate.db')
    const first = openDatabase(path)
    const made = tables(first)
    first.exec(`INSERT INTO hosted_names (name) VALUES ('app.pdb')`)
    first.close()

    const second = openDatabase(path)
    expect(tables(second)).toEqual(made)
    expect(second.pragma('user_version', { simple: true })).toBe(migrations.length)
    expect(second.prepare('SELECT name FROM hosted_names').pluck().get()).toBe('app.pdb')
    second.close()
  })

  it('takes an empty file, as a kill during the first start leaves it, for a new database', () => {
    const path = join(tempDir(), 'symgate.db')
    writeFileSync(path, '')
    const database = openDatabase(path)
    expect(tables(database)).toContain('blobs')
    database.close()
  })

  it('is for its owner alone, with the files beside it', () => {
    const folder = tempDir()
    const database = openDatabase(join(folder, 'symgate.db'))
    database.exec(`INSERT INTO hosted_names (name) VALUES ('app.pdb')`)
    const files = readdirSync(folder)
    expect(files).toContain('symgate.db-wal')
    for (const file of files) expect(statSync(join(folder, file)).mode & 0o077).toBe(0)
    database.close()
  })

  it('writes ahead, and heeds foreign keys', () => {
    const database = openDatabase(join(tempDir(), 'symgate.db'))
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(database.pragma('foreign_keys', { simple: true })).toBe(1)
    expect(() =>
      database.exec(`INSERT INTO identities (identity, root, blob_id) VALUES ('a', 'hosted', 9)`),
    ).toThrow('FOREIGN KEY')
    database.close()
  })

  it('leaves the database of a newer symgate alone and says so', () => {
    const path = join(tempDir(), 'symgate.db')
    const newer = new Database(path)
    newer.pragma(`user_version = ${migrations.length + 1}`)
    newer.close()
    expect(() => openDatabase(path)).toThrow(
      expect.objectContaining({
        code: 'store_unusable',
        message: expect.stringContaining(
          `schema version ${migrations.length + 1}, this symgate knows ${migrations.length}`,
        ),
      }),
    )
    const still = new Database(path)
    expect(tables(still)).toEqual([])
    still.close()
  })

  it.each([
    ['no database at all', Buffer.from('this is a text file, not a database\n'.repeat(300))],
    ['a page of zeros after a database’s head', damagedDatabase()],
  ])('names a file that is %s', (_, bytes) => {
    const path = join(tempDir(), 'symgate.db')
    writeFileSync(path, bytes)
    expect(() => openDatabase(path)).toThrow(
      expect.objectContaining({
        code: 'store_unusable',
        message: expect.stringContaining(`cannot use ${path} as the database`),
      }),
    )
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  it('names a folder that stands where the database should be, and holds no descriptor of it', () => {
    const path = join(tempDir(), 'symgate.db')
    mkdirSync(path)
    const before = readdirSync('/proc/self/fd').length
    for (let round = 0; round < 10; round++)
      expect(() => openDatabase(path)).toThrow(expect.objectContaining({ code: 'store_unusable' }))
    expect(readdirSync('/proc/self/fd').length).toBe(before)
  })
})

/** The head of an SQLite file that says `version 0`, so that a migration is due, and nothing behind it. */
function damagedDatabase(): Buffer {
  const head = Buffer.alloc(4096)
  head.write('SQLite format 3\0', 'latin1')
  head.writeUInt16BE(4096, 16)
  head.set([1, 1, 0, 64, 32, 32], 18)
  head.writeUInt32BE(9, 28)
  return Buffer.concat([head, Buffer.alloc(8192)])
}
