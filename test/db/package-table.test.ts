import { describe, expect, it } from 'vitest'
import { PackageTable, type PackageRecord } from '../../src/db/package-table.ts'
import { testDatabase } from '../helpers/test-database.ts'

function record(id: string, files: number): PackageRecord {
  return {
    id,
    tag: '1.2.3',
    product: undefined,
    version: '9',
    comment: undefined,
    protected: true,
    verdict: 'failed',
    receivedAtMs: 1_700_000_000_000,
    files: Array.from({ length: files }, (_, index) => ({
      path: `dir/f${index}`,
      status: 'stored',
      reason: index === 0 ? 'a note' : undefined,
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
    await packages.add(record('p1', 1200))
    expect(packages.ids()).toEqual(new Set(['p1']))
    expect(database.prepare('SELECT * FROM packages').get()).toEqual({
      id: 'p1',
      tag: '1.2.3',
      product: null,
      version: '9',
      comment: null,
      protected: 1,
      verdict: 'failed',
      received_at: 1_700_000_000_000,
    })
    const files = database
      .prepare('SELECT path, reason, keys FROM package_files ORDER BY position')
      .all()
    expect(files).toHaveLength(1200)
    expect(files[0]).toEqual({ path: 'dir/f0', reason: 'a note', keys: '["f/0/f","g/0/g"]' })
    expect(files[1199]).toEqual({
      path: 'dir/f1199',
      reason: null,
      keys: '["f/1199/f","g/1199/g"]',
    })
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

  it('forgets every package and file', async () => {
    const database = testDatabase()
    const packages = new PackageTable(database)
    await packages.add(record('p1', 3))
    await packages.clear()
    expect(packages.ids().size).toBe(0)
    expect(database.prepare('SELECT count(*) FROM package_files').pluck().get()).toBe(0)
  })
})
