import { describe, expect, it } from 'vitest'
import { PackageHistory } from '../../src/db/package-history.ts'
import type { PackageRecord } from '../../src/db/package-record.ts'
import { PackageTable } from '../../src/db/package-table.ts'
import { testDatabase } from '../helpers/test-database.ts'

function record(id: string, files: number): PackageRecord {
  return {
    id,
    tag: '1.2.3',
    product: undefined,
    version: '9',
    comment: undefined,
    build: undefined,
    protected: true,
    verdict: 'failed',
    isPublished: true,
    tokenId: 'abc',
    sentBytes: 77,
    error: undefined,
    receivedAtMs: 1_700_000_000_000,
    finishedAtMs: 1_700_000_000_500,
    files: Array.from({ length: files }, (_, index) => ({
      path: `dir/f${index}`,
      status: 'stored',
      reason: index === 0 ? 'a note' : undefined,
      alert: index === 1 ? 'look' : undefined,
      storeKey: `f/${index}/f`,
      size: index,
      sha256: 'ab',
      keys: [`f/${index}/f`, `g/${index}/g`],
    })),
  }
}

describe('PackageTable', () => {
  it('keeps a package with its files in their order', async () => {
    const database = testDatabase()
    const packages = new PackageTable(database)
    const history = new PackageHistory(database)
    const { files, ...rest } = record('p1', 1200)
    await packages.add({ ...rest, files })
    expect(packages.ids()).toEqual(new Set(['p1']))
    expect(history.get('p1')).toEqual({
      ...rest,
      size: (1199 * 1200) / 2,
      counts: { stored: 1200, duplicates: 0, conflicts: 0, skipped: 0, rejected: 0, alerts: 1 },
    })
    const first = history.files('p1', -1, 1000)
    const second = history.files('p1', first.at(-1)?.position ?? 0, 1000)
    expect([...first, ...second]).toEqual(files.map((file, position) => ({ ...file, position })))
    expect(history.get('p2')).toBeUndefined()
  })

  it('takes the same package again without doubling it', async () => {
    const database = testDatabase()
    const packages = new PackageTable(database)
    await packages.add(record('p1', 3))
    await packages.add(record('p1', 3))
    expect(packages.ids().size).toBe(1)
    expect(database.prepare('SELECT count(*) FROM package_files').pluck().get()).toBe(3)
  })

  it('lists no package whose files could not all be written', async () => {
    const packages = new PackageTable(testDatabase())
    const good = record('p1', 700)
    const files = [...good.files, { ...good.files[0]!, path: null as unknown as string }]
    await expect(packages.add({ ...good, files })).rejects.toThrow('NOT NULL')
    expect(packages.ids().size).toBe(0)
    await packages.add(good)
    expect(packages.ids().size).toBe(1)
  })

  it('keeps what was refused apart from what was published', async () => {
    const database = testDatabase()
    const packages = new PackageTable(database)
    const history = new PackageHistory(database)
    const refused = {
      ...record('p2', 1500),
      isPublished: false,
      error: { code: 'package_rejected', message: 'bad' },
    }
    const files = refused.files.map((file, index) =>
      index === 1400 ? { ...file, status: 'rejected' } : file,
    )
    await packages.add(record('p1', 1))
    await packages.add({ ...refused, files })
    expect(packages.ids()).toEqual(new Set(['p1']))
    await packages.clear()
    expect(history.get('p1')).toBeUndefined()
    expect(history.get('p2')?.error).toEqual(refused.error)
    expect(history.get('p2')?.counts).toMatchObject({ stored: 1499, rejected: 1 })
    const rows = history.files('p2', -1, 5000)
    expect([rows.length, rows[0]?.path, rows[1]?.path]).toEqual([1000, 'dir/f1400', 'dir/f0'])
  })

  it('forgets refused packages that are old or too many, with their files', async () => {
    const database = testDatabase()
    const packages = new PackageTable(database)
    for (const [index, id] of ['p1', 'p2', 'p3', 'p4'].entries())
      await packages.add({ ...record(id, 2), isPublished: id === 'p1', receivedAtMs: 1000 + index })
    const left = (): unknown =>
      database.prepare('SELECT id FROM packages ORDER BY id').pluck().all()
    await packages.sweepRefused(1002, 10)
    expect(left()).toEqual(['p1', 'p3', 'p4'])
    await packages.sweepRefused(0, 1)
    expect(left()).toEqual(['p1', 'p4'])
    expect(database.prepare('SELECT count(*) FROM package_files').pluck().get()).toBe(4)
  })

  it('gives up what was under way when the server stopped', async () => {
    const database = testDatabase()
    const packages = new PackageTable(database)
    await packages.add({ ...record('p1', 0), verdict: 'processing', isPublished: false })
    await packages.add(record('p2', 0))
    packages.failUnfinished('upload_interrupted', 'stopped', 5)
    const history = new PackageHistory(database)
    expect(history.get('p1')).toMatchObject({
      verdict: 'failed',
      error: { code: 'upload_interrupted', message: 'stopped' },
      finishedAtMs: 5,
    })
    expect(history.get('p2')?.error).toBeUndefined()
  })

  it('forgets every package and file', async () => {
    const database = testDatabase()
    const packages = new PackageTable(database)
    await packages.add(record('p1', 3))
    await packages.clear()
    expect(packages.ids().size).toBe(0)
    expect(database.prepare('SELECT count(*) FROM package_files').pluck().get()).toBe(0)
  })
})
