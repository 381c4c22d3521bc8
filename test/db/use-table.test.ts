import { describe, expect, it } from 'vitest'
import { BlobTable, type IndexedBlob, type Root } from '../../src/db/blob-table.ts'
import { UseTable } from '../../src/db/use-table.ts'
import { testDatabase } from '../helpers/test-database.ts'

function tables() {
  const database = testDatabase()
  let now = 10_000
  const blobs = new BlobTable(database)
  const uses = new UseTable(database, () => now)
  const put = (root: Root, key: string, modifiedAtMs: number, size = 5): IndexedBlob => {
    const blob = { root, key, kind: 'pdb', size, etag: key, source: undefined, modifiedAtMs }
    blobs.put({ blob, identities: [key] })
    const indexed = blobs.byKey(root, key)
    if (indexed === undefined) throw new Error('the blob was not put')
    return indexed
  }
  return { database, blobs, uses, put, at: (time: number) => (now = time) }
}

describe('UseTable', () => {
  it('counts hits and tells the last one, and begins with the arrival', async () => {
    const { uses, put, at } = tables()
    const blob = put('hosted', 'a', 100)
    expect(uses.get('hosted', 'a')).toEqual({ hits: 0, lastUsedMs: 100 })
    uses.record(blob)
    at(20_000)
    uses.record(blob)
    await uses.flush()
    expect(uses.get('hosted', 'a')).toEqual({ hits: 2, lastUsedMs: 20_000 })
    expect(uses.get('cache', 'a')).toBeUndefined()
  })

  it('keeps the uses when the blob is replaced or the index rebuilt, not when it is removed', async () => {
    const { uses, blobs, put } = tables()
    const blob = put('cache', 'a', 100)
    uses.record(blob)
    await uses.flush()
    put('cache', 'a', 200)
    await blobs.clear()
    put('cache', 'a', 300)
    expect(uses.get('cache', 'a')).toEqual({ hits: 1, lastUsedMs: 10_000 })
    blobs.remove('cache', 'a')
    uses.record(blob)
    await uses.flush()
    expect(uses.get('cache', 'a')).toBeUndefined()
  })

  it('tells the longest unused of one root first', async () => {
    const { uses, put } = tables()
    const old = put('cache', 'old but used', 1)
    put('cache', 'older', 2)
    put('cache', 'newer', 3)
    put('hosted', 'hosted', 1)
    uses.record(old)
    const idle = async (before: number, limit: number) =>
      (await uses.idle('cache', before, limit)).map(({ key }) => key)
    expect(await idle(10, 10)).toEqual(['older', 'newer'])
    expect(await idle(20_000, 10)).toEqual(['older', 'newer', 'old but used'])
    expect(await idle(20_000, 1)).toEqual(['older'])
  })

  it('writes many uses in transactions of 500, and lets go of those that a full disk does not take', async () => {
    const { database, uses, put } = tables()
    const blobs = Array.from({ length: 1200 }, (_, index) => put('cache', `f${index}`, 1))
    const written = () =>
      database.prepare('SELECT count(*) FROM blob_uses WHERE hits = 1').pluck().get()
    for (const blob of blobs) uses.record(blob)
    const flushing = uses.flush()
    expect(written()).toBe(500)
    await flushing
    expect(written()).toBe(1200)
    database.exec(
      `CREATE TRIGGER full BEFORE UPDATE ON blob_uses BEGIN SELECT RAISE(ABORT, 'full'); END`,
    )
    for (const blob of blobs) uses.record(blob)
    expect(await uses.idle('cache', 2, 10)).toEqual([])
  })

  it('forgets what a rebuilt index no longer has', async () => {
    const { uses, blobs, put } = tables()
    put('cache', 'kept', 1)
    put('cache', 'gone', 1)
    await blobs.clear()
    put('cache', 'kept', 1)
    expect(uses.sweep()).toBe(1)
    expect(uses.sweep()).toBe(0)
    expect(uses.get('cache', 'kept')).toBeDefined()
    expect(uses.get('cache', 'gone')).toBeUndefined()
  })

  it('writes by itself when much is pending', async () => {
    const { uses, put } = tables()
    const blob = put('cache', 'a', 1)
    for (let id = 0; id < 10_000; id++) uses.record({ ...blob, id: -id })
    await expect.poll(() => uses.get('cache', 'a')?.hits).toBe(10_000)
  })
})

describe('totals of a root', () => {
  it('follow what comes and goes', async () => {
    const { blobs, put } = tables()
    put('cache', 'a', 1, 100)
    put('cache', 'b', 1, 50)
    put('hosted', 'a', 1, 7)
    put('cache', 'a', 1, 10)
    expect(blobs.totals('cache')).toEqual({ blobs: 2, bytes: 60 })
    blobs.remove('cache', 'b')
    expect(blobs.totals('cache')).toEqual({ blobs: 1, bytes: 10 })
    await blobs.clear()
    expect([blobs.totals('cache'), blobs.totals('hosted')]).toEqual([
      { blobs: 0, bytes: 0 },
      { blobs: 0, bytes: 0 },
    ])
  })
})
