import { describe, expect, it } from 'vitest'
import { BlobTable, type BlobClaim, type Root } from '../../src/db/blob-table.ts'
import { testDatabase } from '../helpers/test-database.ts'

function table(): BlobTable {
  return new BlobTable(testDatabase())
}

function claim(root: Root, key: string, identities: readonly string[], etag = key): BlobClaim {
  const source = root === 'cache' ? 'msdl' : undefined
  return {
    blob: { root, key, kind: 'pdb', size: 5, etag, source, modifiedAtMs: 1_700_000_000_000 },
    identities,
  }
}

describe('BlobTable', () => {
  it('finds a blob by any of its identities, with everything that was put', () => {
    const blobs = table()
    blobs.put(claim('cache', 'a/1/a', ['pdb:1', 'path:a/1/a'], 'v1'))
    for (const identity of ['pdb:1', 'path:a/1/a']) {
      expect(blobs.find([identity])).toEqual({
        id: expect.any(Number),
        root: 'cache',
        key: 'a/1/a',
        kind: 'pdb',
        size: 5,
        etag: 'v1',
        source: 'msdl',
        modifiedAtMs: 1_700_000_000_000,
      })
    }
    expect(blobs.find(['pdb:2'])).toBeUndefined()
    expect(blobs.find([])).toBeUndefined()
  })

  it('keeps sizes beyond 4 GiB and times exactly', () => {
    const blobs = table()
    const { blob } = claim('hosted', 'big', ['big'])
    blobs.put({ blob: { ...blob, size: 2 ** 40 + 1 }, identities: ['big'] })
    expect(blobs.find(['big'])?.size).toBe(2 ** 40 + 1)
  })

  it('names the first and the last keys of a root', () => {
    const blobs = table()
    expect(blobs.outermostKeys('hosted', 2)).toEqual([])
    for (const name of ['d', 'b', 'e', 'a', 'c']) blobs.put(claim('hosted', name, [name]))
    blobs.put(claim('cache', 'z', ['z']))
    expect(blobs.outermostKeys('hosted', 2)).toEqual(['a', 'b', 'd', 'e'])
    expect(blobs.outermostKeys('hosted', 4)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('prefers hosted blobs to cached ones, whatever the order of the identities', () => {
    const blobs = table()
    blobs.put(claim('hosted', 'h', ['same', 'second']))
    blobs.put(claim('cache', 'c', ['same', 'first']))
    expect(blobs.find(['same'])?.key).toBe('h')
    expect(blobs.find(['first', 'second'])?.key).toBe('h')
    expect(blobs.find(['unknown', 'first'])?.key).toBe('c')
    expect(blobs.owner('same', 'cache')?.key).toBe('c')
    expect(blobs.owner('first', 'hosted')).toBeUndefined()
  })

  it('prefers the earlier identity within a root', () => {
    const blobs = table()
    blobs.put(claim('cache', 'one', ['a']))
    blobs.put(claim('cache', 'two', ['b']))
    expect(blobs.find(['b', 'a'])?.key).toBe('two')
  })

  it('puts a new content over a key: the old one answers for nothing any more', () => {
    const blobs = table()
    blobs.put(claim('hosted', 'k', ['a', 'b'], 'old'))
    const old = blobs.byKey('hosted', 'k')
    blobs.put(claim('hosted', 'k', ['a'], 'new'))
    const current = blobs.find(['a'])
    expect(current?.etag).toBe('new')
    expect(blobs.find(['b'])).toBeUndefined()
    expect(old && blobs.isCurrent(old)).toBe(false)
    expect(current && blobs.isCurrent(current)).toBe(true)
  })

  it('never gives an id twice, so that what is remembered by id is never another content', async () => {
    const blobs = table()
    blobs.put(claim('hosted', 'k', ['a']))
    const first = blobs.byKey('hosted', 'k')
    await blobs.clear()
    blobs.put(claim('hosted', 'k', ['a']))
    expect(blobs.byKey('hosted', 'k')?.id).not.toBe(first?.id)
  })

  it('gives identities to the last who claims them, in its own root alone', () => {
    const blobs = table()
    blobs.put(claim('hosted', 'one', ['a', 'b']))
    blobs.put(claim('cache', 'three', ['a']))
    blobs.put(claim('hosted', 'two', ['a']))
    expect(blobs.owner('a', 'hosted')?.key).toBe('two')
    expect(blobs.owner('b', 'hosted')?.key).toBe('one')
    expect(blobs.owner('a', 'cache')?.key).toBe('three')
    expect(blobs.isOrphan('hosted', 'one')).toBe(false)

    blobs.put(claim('hosted', 'four', ['b']))
    const orphans = ['one', 'two', 'four', 'none'].filter((key) => blobs.isOrphan('hosted', key))
    expect(orphans).toEqual(['one'])
    expect(blobs.isOrphan('cache', 'one')).toBe(false)
  })

  it('holds the same key in both roots apart', () => {
    const blobs = table()
    blobs.put(claim('hosted', 'k', ['a'], 'h'))
    blobs.put(claim('cache', 'k', ['a'], 'c'))
    blobs.remove('hosted', 'k')
    expect(blobs.byKey('hosted', 'k')).toBeUndefined()
    expect(blobs.find(['a'])?.etag).toBe('c')
    expect([blobs.isEmpty('hosted'), blobs.isEmpty('cache')]).toEqual([true, false])
  })

  it('tells keys apart by case, as the filesystem does', () => {
    const blobs = table()
    blobs.put(claim('hosted', 'App.pdb/1/App.pdb', ['a']))
    expect(blobs.byKey('hosted', 'app.pdb/1/app.pdb')).toBeUndefined()
  })

  it('puts many without keeping other work from its turn', async () => {
    const blobs = table()
    let turns = 0
    const other = setInterval(() => turns++, 0)
    const claims = Array.from({ length: 2000 }, (_, index) =>
      claim('hosted', `k${index}`, [`a${index}`, `b${index}`]),
    )
    await blobs.putAll(claims)
    clearInterval(other)
    expect(turns).toBeGreaterThan(2)
    expect(blobs.find(['b1999'])?.key).toBe('k1999')
  })

  it('keeps the old content of a key whole when the new one cannot be written', () => {
    const blobs = table()
    blobs.put(claim('hosted', 'k', ['a'], 'old'))
    const bad = claim('hosted', 'k', ['a', 7 as unknown as string, {} as string], 'new')
    expect(() => blobs.put(bad)).toThrow(RangeError)
    expect(blobs.find(['a'])?.etag).toBe('old')
  })
})
