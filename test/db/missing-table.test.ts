import { describe, expect, it } from 'vitest'
import type { MissingNote } from '../../src/db/missing-record.ts'
import { MissingTable, type MissingQuery } from '../../src/db/missing-table.ts'
import { testDatabase } from '../helpers/test-database.ts'

const ALL: MissingQuery = {
  sinceMs: 0,
  text: undefined,
  isFound: undefined,
  after: undefined,
  limit: 100,
}

function note(name: string, more: Partial<MissingNote> = {}): MissingNote {
  return {
    path: `${name}/1/${name}`,
    storePath: `${name.toUpperCase()}/1/${name.toUpperCase()}`,
    reason: 'absent',
    count: 1,
    firstAtMs: 10,
    lastAtMs: 10,
    isTrusted: false,
    userAgents: ['agent'],
    identities: [`pdb:${name}`],
    ...more,
  }
}

async function paths(table: MissingTable, query: Partial<MissingQuery> = {}): Promise<string[]> {
  return (await table.list({ ...ALL, ...query })).map(({ path }) => path.slice(0, 1))
}

describe('the missing table', () => {
  it('adds requests up by path', async () => {
    const table = new MissingTable(testDatabase())
    await table.add([note('a', { count: 2, userAgents: ['x', 'y'] })])
    await table.add([
      note('a', {
        count: 3,
        firstAtMs: 20,
        lastAtMs: 30,
        reason: 'remembered',
        isTrusted: true,
        userAgents: ['y', 'z', 'u', 'v', 'w'],
      }),
    ])
    expect(await table.list(ALL)).toEqual([
      {
        path: 'a/1/a',
        storePath: 'A/1/A',
        reason: 'remembered',
        count: 5,
        firstAtMs: 10,
        lastAtMs: 30,
        isTrusted: true,
        userAgents: ['x', 'y', 'z', 'u'],
        found: undefined,
      },
    ])
  })

  it('gives what was asked for last first, in pages, and narrowed', async () => {
    const table = new MissingTable(testDatabase())
    await table.add(
      ['a', 'b', 'c', 'd'].map((name, index) => note(name, { lastAtMs: 10 + (index >> 1) })),
    )
    expect(await paths(table)).toEqual(['d', 'c', 'b', 'a'])
    expect(await paths(table, { limit: 2, after: { lastAtMs: 11, path: 'd/1/d' } })).toEqual([
      'c',
      'b',
    ])
    expect(await paths(table, { sinceMs: 11 })).toEqual(['d', 'c'])
    expect(await paths(table, { text: 'B/1' })).toEqual(['b'])
    await table.markFound(['pdb:c'], { packageId: 'p1' }, 50)
    expect(await paths(table, { isFound: true })).toEqual(['c'])
    expect(await paths(table, { isFound: false })).toEqual(['d', 'b', 'a'])
  })

  it('finds what is rare among many', async () => {
    const table = new MissingTable(testDatabase())
    await table.add([
      note('z'),
      ...Array.from({ length: 1200 }, (_, index) => note(`a${index}`, { lastAtMs: 20 })),
    ])
    expect(await paths(table, { text: 'z/' })).toEqual(['z'])
  })

  it('marks what has arrived once, until it is asked for in vain again', async () => {
    const table = new MissingTable(testDatabase())
    await table.add([note('a'), note('b', { identities: ['pdb:a', 'pdb:b'] }), note('c')])
    const found = await table.markFound(['pdb:a', 'pdb:x'], { packageId: 'p1' }, 50)
    expect(found.map(({ path, found: before }) => [path, before])).toEqual([
      ['a/1/a', undefined],
      ['b/1/b', undefined],
    ])
    expect((await table.list({ ...ALL, text: 'a/1' }))[0]?.found).toEqual({
      atMs: 50,
      packageId: 'p1',
    })
    expect(await table.markFound(['pdb:a'], { packageId: 'p2' }, 60)).toEqual([])
    await table.add([note('a', { lastAtMs: 70 })])
    expect((await table.list({ ...ALL, text: 'a/1' }))[0]?.found).toBeUndefined()
    expect(await table.markFound(['pdb:a'], { upstream: 'msdl' }, 80)).toHaveLength(1)
    expect((await table.list({ ...ALL, text: 'a/1' }))[0]?.found).toEqual({
      atMs: 80,
      upstream: 'msdl',
    })
  })

  it('forgets what is old', async () => {
    const database = testDatabase()
    const table = new MissingTable(database)
    await table.add([note('a'), note('b', { lastAtMs: 20 })])
    await table.sweep(20, 0)
    expect(await paths(table)).toEqual(['b'])
    expect(database.prepare('SELECT identity FROM missing_identities').pluck().all()).toEqual([
      'pdb:b',
    ])
  })

  it('keeps what was asked for often, or with a token, when strangers invent paths', async () => {
    const table = new MissingTable(testDatabase())
    await table.add([note('a', { isTrusted: true }), note('b', { count: 2 })])
    await table.add(Array.from({ length: 500 }, (_, index) => note(`x${index}`, { lastAtMs: 99 })))
    await table.sweep(0, 500)
    expect(await paths(table)).toEqual(['b', 'a'])
    await table.sweep(0, 1)
    expect(await paths(table)).toEqual(['a'])
  })
})
