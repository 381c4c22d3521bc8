import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { identityKey } from '../../src/symbols/identity.ts'
import { ingestBench } from '../helpers/ingest-bench.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { symbolPathOf } from '../helpers/symbol-path-of.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const keyOf = (age: number, name = 'app.pdb'): string => `${name}/${GUID}${age}/${name}`
const idOf = (age: number): string => `pdb:${GUID}:${age}`
const pdb = (age: number, payload = ''): Buffer =>
  makePdb({ guid: GUID, age, payload: Buffer.from(payload) })

function put(root: string, key: string, bytes: Buffer | string): void {
  mkdirSync(dirname(join(root, key)), { recursive: true })
  writeFileSync(join(root, key), bytes)
}

describe('Reindexer', () => {
  it('is needed where a store holds files and the index none', async () => {
    const bench = await ingestBench()
    expect(await bench.reindexer.isNeeded()).toBe(false)
    put(bench.cacheRoot, keyOf(1), pdb(1))
    expect(await bench.reindexer.isNeeded()).toBe(true)
    await bench.reindexer.run()
    expect(await bench.reindexer.isNeeded()).toBe(false)
    put(bench.root, keyOf(1), pdb(1))
    expect(await bench.reindexer.isNeeded()).toBe(true)
  })

  it('finds packages, strangers and cached files, each under all of its ids and its path', async () => {
    const first = await ingestBench()
    await first.upload({ 'app.pdb': pdb(1) })
    put(first.root, keyOf(2, 'hand.pdb'), pdb(2))
    put(first.cacheRoot, keyOf(3), pdb(3))
    const again = await ingestBench(first.root, first.cacheRoot)
    again.marks.set('cache-unknown')
    expect(await again.reindexer.run()).toEqual({ packages: 1, strangers: 1, cached: 1 })
    expect([1, 2, 3].map((age) => again.blobs.find([idOf(age)])?.key)).toEqual([
      keyOf(1),
      keyOf(2, 'hand.pdb'),
      keyOf(3),
    ])
    for (const key of [keyOf(2, 'hand.pdb'), keyOf(3)]) {
      const path = symbolPathOf(key).identities.map(identityKey).at(-1) ?? ''
      expect(again.blobs.find([path])?.key).toBe(key)
    }
    expect(again.packages.ids().size).toBe(1)
    expect(again.marks.has('cache-unknown')).toBe(false)
  })

  it('makes the names of strangers private as those of packages', async () => {
    const bench = await ingestBench()
    put(bench.root, keyOf(2, 'Hand.pdb'), pdb(2))
    put(bench.cacheRoot, keyOf(3, 'public.pdb'), pdb(3))
    await bench.reindexer.run()
    expect(bench.hostedNames.has('hand.pdb')).toBe(true)
    expect(bench.hostedNames.has('public.pdb')).toBe(false)
  })

  it('passes over what is no symbol, what is another file, and what is cut', async () => {
    const bench = await ingestBench()
    put(bench.root, 'readme.txt', 'hello')
    put(bench.root, 'app.pdb/notes/app.pdb', pdb(1))
    put(bench.root, keyOf(2), pdb(7, 'other').fill('x', 0, 8))
    put(bench.root, keyOf(3), '')
    put(bench.root, 'a/b/c/d/e/f', 'deep')
    expect(await bench.reindexer.run()).toEqual({ packages: 0, strangers: 0, cached: 0 })
    expect(bench.blobs.isEmpty('hosted')).toBe(true)
  })

  it('leaves ids to packages, and files that nobody can ask for in the tree', async () => {
    const bench = await ingestBench()
    await bench.upload({ 'app.pdb': pdb(1) })
    // The same symbol in two-tier form: found by its package already.
    const copy = `ap/${keyOf(1)}`
    put(bench.root, copy, pdb(1, 'older'))
    await bench.reindexer.run()
    expect(bench.blobs.find([idOf(1)])?.key).toBe(keyOf(1))
    // Another package replaces another symbol: this must not touch the stranger.
    await bench.upload({ 'b.pdb': pdb(2) })
    await bench.upload({ 'b.pdb': pdb(2, 'new') }, { onConflict: 'replace' })
    expect(bench.files()).toContain(copy)
  })

  it('does not take from a package what is published while it looks at the same file', async () => {
    const bench = await ingestBench()
    put(bench.root, keyOf(1), pdb(1))
    const open = bench.store.open.bind(bench.store)
    vi.spyOn(bench.store, 'open').mockImplementationOnce(async (key) => {
      const opened = await open(key)
      bench.blobs.put({
        blob: {
          root: 'hosted',
          key,
          kind: 'pdb',
          size: pdb(1).byteLength,
          etag: 'of the package',
          source: undefined,
          modifiedAtMs: 0,
        },
        identities: [idOf(1), 'another'],
      })
      return opened
    })
    await bench.reindexer.run()
    expect(bench.blobs.find([idOf(1)])).toMatchObject({ key: keyOf(1), etag: 'of the package' })
    expect(bench.blobs.find(['another'])).toBeDefined()
  })

  it('goes on when files vanish before it', async () => {
    const bench = await ingestBench()
    for (let age = 1; age < 200; age++) put(bench.cacheRoot, keyOf(age, `n${age}.pdb`), pdb(age))
    const running = bench.reindexer.run()
    for (let age = 2; age < 200; age += 2) {
      await new Promise((resolve) => setImmediate(resolve))
      rmSync(join(bench.cacheRoot, `n${age}.pdb`), { recursive: true })
    }
    const { cached } = await running
    expect(cached).toBeGreaterThanOrEqual(100)
    expect(bench.blobs.find([idOf(1)])).toBeDefined()
  })

  it('goes on after a damaged manifest, whose files it finds in the tree', async () => {
    const first = await ingestBench()
    const { manifest } = await first.upload({ 'app.pdb': pdb(1) })
    await first.upload({ 'app.pdb': pdb(2) })
    for (const text of ['{"cut', '{}']) {
      writeFileSync(join(first.root, `.symgate/packages/${manifest.id}.json`), text)
      const again = await ingestBench(first.root)
      expect(await again.reindexer.run()).toEqual({ packages: 1, strangers: 1, cached: 0 })
      expect(again.blobs.find([idOf(1)])).toBeDefined()
    }
  })

  it('runs once for all who ask, and tells that it runs', async () => {
    const bench = await ingestBench()
    const runs = [bench.reindexer.run(), bench.reindexer.run()]
    expect(runs[0]).toBe(runs[1])
    expect(bench.reindexer.isRunning).toBe(true)
    await Promise.all(runs)
    expect(bench.reindexer.isRunning).toBe(false)
    expect(bench.reindexer.run()).not.toBe(runs[0])
    await bench.reindexer.run()
  })

  it('looks through the cache until a look has come to its end', async () => {
    const bench = await ingestBench()
    put(bench.cacheRoot, keyOf(1), pdb(1))
    bench.marks.set('cache-unknown')
    const looking = bench.reindexer.adoptCached()
    await Promise.all([
      expect(looking).rejects.toThrow('the server stops'),
      bench.reindexer.close(),
    ])
    expect(bench.marks.has('cache-unknown')).toBe(true)

    const again = await ingestBench(bench.root, bench.cacheRoot)
    again.marks.set('cache-unknown')
    await again.reindexer.adoptCached()
    expect(again.blobs.find([idOf(1)])).toBeDefined()
    expect(again.marks.has('cache-unknown')).toBe(false)
  })

  it('goes on where it was cut off, if it is told to', async () => {
    const first = await ingestBench()
    for (const age of [1, 2, 3]) await first.upload({ 'app.pdb': pdb(age) })
    put(first.root, keyOf(4, 'hand.pdb'), pdb(4))
    const again = await ingestBench(first.root, first.cacheRoot)
    vi.spyOn(again.store, 'list').mockImplementationOnce(() => {
      throw new Error('cut')
    })
    await expect(again.reindexer.run()).rejects.toThrow('cut')
    expect(await again.reindexer.isNeeded()).toBe(true)
    const read = vi.spyOn(again.journal, 'read')
    expect(await again.reindexer.run({ resume: true })).toEqual({
      packages: 3,
      strangers: 1,
      cached: 0,
    })
    expect(read).not.toHaveBeenCalled()
    expect(await again.reindexer.isNeeded()).toBe(false)
    for (const age of [1, 2, 3, 4]) expect(again.blobs.find([idOf(age)])).toBeDefined()
    // The next one is whole again.
    await again.reindexer.run({ resume: true })
    expect(read).toHaveBeenCalledTimes(3)
  })
})
