import { describe, expect, it } from 'vitest'
import { BlobTable, type Root } from '../../src/db/blob-table.ts'
import type { PackageFileRecord } from '../../src/db/package-record.ts'
import { PackageTable } from '../../src/db/package-table.ts'
import { SymbolSearch, type SymbolPosition, type SymbolQuery } from '../../src/db/symbol-search.ts'
import { UseTable } from '../../src/db/use-table.ts'
import { testDatabase } from '../helpers/test-database.ts'

function setUp() {
  const database = testDatabase()
  const blobs = new BlobTable(database)
  const packages = new PackageTable(database)
  const put = (key: string, root: Root = 'hosted'): void =>
    blobs.put({
      blob: {
        root,
        key,
        kind: 'pdb',
        size: 7,
        etag: 'ab',
        source: root === 'cache' ? 'msdl' : undefined,
        modifiedAtMs: 1000,
      },
      identities: [`${root}:${key}`],
    })
  const pack = (id: string, tag: string, files: Readonly<Record<string, string>>): Promise<void> =>
    packages.add({
      id,
      tag,
      product: undefined,
      version: undefined,
      comment: undefined,
      build: undefined,
      protected: false,
      verdict: 'good',
      isPublished: true,
      tokenId: undefined,
      sentBytes: undefined,
      error: undefined,
      receivedAtMs: 1,
      finishedAtMs: 2,
      files: Object.entries(files).map(([storeKey, status]): PackageFileRecord => ({
        path: storeKey,
        status,
        reason: undefined,
        alert: undefined,
        storeKey,
        size: 7,
        sha256: 'ab',
        keys: [storeKey],
      })),
    })
  return {
    database,
    blobs,
    uses: new UseTable(database),
    put,
    pack,
    search: new SymbolSearch(database),
  }
}

async function pages(search: SymbolSearch, query: Partial<SymbolQuery>): Promise<string[][]> {
  const keys: string[][] = []
  let after: SymbolPosition | undefined
  do {
    const page = await search.list({ text: undefined, tag: undefined, limit: 100, ...query, after })
    keys.push(page.symbols.map(({ key }) => key))
    after = page.next
  } while (after !== undefined)
  return keys
}

describe('the search of symbols', () => {
  it('gives every stored file in pages, hosted ones first', async () => {
    const { put, search } = setUp()
    for (const key of ['b/1/b', 'a/1/a', 'c/1/c']) put(key)
    put('a/0/a', 'cache')
    expect(await pages(search, { limit: 2 })).toEqual([
      ['a/1/a', 'b/1/b'],
      ['c/1/c', 'a/0/a'],
    ])
    expect(await pages(search, { limit: 3 })).toEqual([['a/1/a', 'b/1/b', 'c/1/c'], ['a/0/a']])
  })

  it('finds a text anywhere in the path, in any case', async () => {
    const { put, search } = setUp()
    for (const key of ['App.pdb/AB12/App.pdb', 'lib_1.so/cd/lib_1.so', 'libx1.so/cd/libx1.so'])
      put(key)
    put('app.dll/99/app.dll', 'cache')
    expect(await pages(search, { text: 'APP' })).toEqual([
      ['App.pdb/AB12/App.pdb', 'app.dll/99/app.dll'],
    ])
    expect(await pages(search, { text: 'ab1' })).toEqual([['App.pdb/AB12/App.pdb']])
    expect(await pages(search, { text: 'pdb/ab12/a' })).toEqual([['App.pdb/AB12/App.pdb']])
    expect(await pages(search, { text: 'lib_1' })).toEqual([['lib_1.so/cd/lib_1.so']])
    expect(await pages(search, { text: '%' })).toEqual([[]])
  })

  it('finds the one among thousands', async () => {
    const { blobs, put, search } = setUp()
    await blobs.putAll(
      Array.from({ length: 3500 }, (_, index) => ({
        blob: {
          root: 'hosted' as const,
          key: `f${index}/1/f${index}`,
          kind: 'pdb',
          size: 1,
          etag: 'e',
          source: undefined,
          modifiedAtMs: 1,
        },
        identities: [`f${index}`],
      })),
    )
    put('z/1/z')
    expect(await pages(search, { text: 'z/1', limit: 10 })).toEqual([['z/1/z']])
  })

  it('lists what packages of a tag hold, once each, the newest package first', async () => {
    const { put, pack, search } = setUp()
    for (const key of ['a/1/a', 'b/1/b', 'c/1/c', 'd/1/d']) put(key)
    await pack('p1', 'nightly', { 'a/1/a': 'stored', 'b/1/b': 'stored' })
    await pack('p2', 'release', { 'c/1/c': 'stored' })
    await pack('p3', 'nightly', { 'a/1/a': 'duplicate', 'd/1/d': 'conflict', 'c/1/c': 'duplicate' })
    const all = [['a/1/a', 'c/1/c', 'b/1/b']]
    expect(await pages(search, { tag: 'nightly' })).toEqual(all)
    expect(await pages(search, { tag: 'nightly', limit: 2 })).toEqual([
      ['a/1/a', 'c/1/c'],
      ['b/1/b'],
    ])
    expect(await pages(search, { tag: 'nightly', limit: 1 })).toEqual([
      ['a/1/a'],
      ['c/1/c'],
      ['b/1/b'],
    ])
    expect(await pages(search, { tag: 'nightly', text: 'B/' })).toEqual([['b/1/b']])
    expect(await pages(search, { tag: 'none' })).toEqual([[]])
    const { symbols } = await search.list({
      text: 'a/1/a',
      tag: undefined,
      after: undefined,
      limit: 9,
    })
    expect(symbols[0]?.packages).toEqual([
      { id: 'p3', tag: 'nightly' },
      { id: 'p1', tag: 'nightly' },
    ])
  })

  it('tells how often a file was served and when last', async () => {
    const { blobs, uses, put, search } = setUp()
    put('a/1/a')
    const read = async () =>
      (await search.list({ text: undefined, tag: undefined, after: undefined, limit: 9 }))
        .symbols[0]
    expect(await read()).toMatchObject({ hits: 0, lastUsedMs: undefined })
    const blob = blobs.byKey('hosted', 'a/1/a')
    if (blob !== undefined) uses.record(blob)
    await uses.flush()
    expect(await read()).toMatchObject({ hits: 1, lastUsedMs: expect.any(Number) })
  })
})
