import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BlobTable, type IndexedBlob, type Root } from '../../src/db/blob-table.ts'
import { UseTable } from '../../src/db/use-table.ts'
import { CacheEvictor } from '../../src/lookup/cache-evictor.ts'
import { DerivedFiles } from '../../src/lookup/derived-files.ts'
import { ReadTracker } from '../../src/lookup/read-tracker.ts'
import { LocalStore } from '../../src/storage/local-store.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'
import { listFiles } from '../helpers/list-files.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { testDatabase } from '../helpers/test-database.ts'

const NOW = 1_000_000

/** A cache whose blobs of 100 bytes were last used at the times given. */
async function cacheOf(
  files: Readonly<Record<string, number>>,
  { maxBytes = Infinity, maxAgeMs = Infinity, lacking = 0 } = {},
) {
  const root = tempDir()
  const store = await LocalStore.open(root)
  const database = testDatabase()
  const blobs = new BlobTable(database)
  const uses = new UseTable(database, () => NOW)
  const derived = new DerivedFiles({ store: await LocalStore.open(tempDir()), blobs })
  const reads = new ReadTracker(store)
  const metrics = new Metrics(() => [])
  const put = async (root: Root, name: string, modifiedAtMs: number): Promise<IndexedBlob> => {
    const key = `${name}/1/${name}`
    const folder = await store.stage(`${root}-${name}`)
    const staged = folder.path('file')
    writeFileSync(staged, Buffer.alloc(100, name))
    if (root === 'cache') await store.publish([{ staged, key }])
    await folder.discard()
    const blob = { root, key, kind: 'pdb', size: 100, etag: name, source: undefined, modifiedAtMs }
    blobs.put({ blob, identities: [`${root}:${name}`] })
    const indexed = blobs.byKey(root, key)
    if (indexed === undefined) throw new Error('the blob was not put')
    return indexed
  }
  for (const [name, at] of Object.entries(files)) await put('cache', name, at)
  const evictor = new CacheEvictor({
    blobs,
    uses,
    store,
    reads,
    derived,
    maxBytes,
    maxAgeMs,
    space: { lacking: async () => lacking },
    metrics,
    log: createLogger('silent'),
    now: () => NOW,
  })
  const left = () =>
    listFiles(root)
      .filter((path) => !path.startsWith('.symgate'))
      .map((path) => path[0])
      .join('')
  return { blobs, uses, store, reads, derived, metrics, evictor, put, left }
}

describe('CacheEvictor', () => {
  it('removes what was unused the longest beyond the size, and no more', async () => {
    const { evictor, left, blobs, uses } = await cacheOf(
      { a: 1, b: 2, c: 3, d: 4 },
      { maxBytes: 250 },
    )
    const oldest = blobs.byKey('cache', 'a/1/a')
    if (oldest !== undefined) uses.record(oldest)
    await evictor.sweep()
    expect(left()).toBe('ad')
    expect(evictor.bytes).toBe(200)
    expect([blobs.find(['cache:b']), blobs.find(['cache:d'])?.key]).toEqual([undefined, 'd/1/d'])
  })

  it('removes what nobody asked for in the longest time that is allowed', async () => {
    const { evictor, left, metrics } = await cacheOf(
      { a: NOW - 1001, b: NOW - 999 },
      { maxAgeMs: 1000 },
    )
    await evictor.sweep()
    expect(left()).toBe('b')
    expect(await metrics.registry.getSingleMetricAsString('symgate_evicted_files_total')).toContain(
      '{reason="age"} 1',
    )
  })

  it('makes room on a disk that has too little', async () => {
    const { evictor, left, metrics } = await cacheOf({ a: 1, b: 2, c: 3 }, { lacking: 150 })
    await evictor.sweep()
    expect(left()).toBe('c')
    expect(await metrics.registry.getSingleMetricAsString('symgate_evicted_files_total')).toContain(
      '{reason="space"} 2',
    )
  })

  it('never removes a file that is being read, nor a hosted one', async () => {
    const { evictor, left, reads, blobs, put } = await cacheOf({ a: 1, b: 2 }, { maxBytes: 0 })
    await put('hosted', 'h', 1)
    const reader = await reads.open('a/1/a')
    await evictor.sweep()
    expect(left()).toBe('a')
    reader?.close()
    await evictor.sweep()
    expect(left()).toBe('')
    expect(blobs.find(['hosted:h'])).toBeDefined()
  })

  it('goes on behind files that are being read, however many of the oldest they are', async () => {
    const names = Array.from({ length: 130 }, (_, index) => `f${index}`)
    const { evictor, blobs, reads } = await cacheOf(
      Object.fromEntries(names.map((name, index) => [name, index])),
      { maxBytes: 12_500 },
    )
    const readers = await Promise.all(
      names.slice(0, 120).map((name) => reads.open(`${name}/1/${name}`)),
    )
    await evictor.sweep()
    for (const reader of readers) reader?.close()
    expect(blobs.totals('cache').bytes).toBe(12_500)
    expect(blobs.byKey('cache', 'f0/1/f0')).toBeDefined()
    expect(blobs.byKey('cache', 'f120/1/f120')).toBeUndefined()
  })

  it('makes room at once when the cache grows beyond its size', async () => {
    const { evictor, left, put } = await cacheOf({ a: 1, b: 2 }, { maxBytes: 200 })
    evictor.grown()
    expect(left()).toBe('ab')
    await put('cache', 'c', 3)
    evictor.grown()
    await expect.poll(left).toBe('bc')
  })

  it('counts what is made of files, and removes it with its file', async () => {
    const { evictor, left, blobs, derived, store } = await cacheOf(
      { a: 1, b: 2 },
      { maxBytes: 190 },
    )
    const blob = blobs.byKey('cache', 'a/1/a')
    if (blob === undefined) throw new Error('no blob')
    await derived.make('gzip', blob, () => store.open(blob.key))
    const before = derived.bytes
    expect(before).toBeGreaterThan(10)
    expect(evictor.bytes).toBe(200 + before)
    await evictor.sweep()
    expect([left(), derived.bytes, evictor.bytes]).toEqual(['b', 0, 100])
  })

  it('shrinks what is made of hosted files, too', async () => {
    const { evictor, left, put, derived, store } = await cacheOf({ a: 1 }, { maxBytes: 120 })
    for (const name of ['x', 'y', 'z']) {
      const blob = await put('hosted', name, 1)
      await derived.make('cabinet', blob, () => store.open('a/1/a'))
    }
    expect(derived.bytes).toBeGreaterThan(60)
    await evictor.sweep()
    expect(derived.bytes).toBeLessThanOrEqual(60)
    expect(evictor.bytes).toBeLessThanOrEqual(120)
    expect(left().length).toBeLessThanOrEqual(1)
  })
})
