import { describe, expect, it } from 'vitest'
import { MissTable, type MissWrite } from '../../src/db/miss-table.ts'
import { testDatabase } from '../helpers/test-database.ts'

function miss(upstream: string, path: string, at = 1000, identities = [`id:${path}`]): MissWrite {
  return { upstream, path, checkedAtMs: at, requestedAtMs: at, identities }
}

function tableWith(...misses: MissWrite[]) {
  const database = testDatabase()
  const table = new MissTable(database)
  table.put(misses)
  const links = (): unknown =>
    database.prepare('SELECT count(*) FROM miss_identities').pluck().get()
  return { table, links }
}

describe('MissTable', () => {
  it('keeps what an upstream lacks, per upstream and path, the last word over earlier ones', () => {
    const { table } = tableWith(miss('one', 'a'), miss('two', 'a', 2000), miss('one', 'a', 3000))
    expect(table.get('one', 'a')).toEqual({
      upstream: 'one',
      path: 'a',
      checkedAtMs: 3000,
      requestedAtMs: 3000,
    })
    expect(table.get('two', 'a')?.checkedAtMs).toBe(2000)
    expect(table.get('one', 'b')).toBeUndefined()
    expect(table.count()).toBe(2)
  })

  it('forgets one upstream’s miss; the identities stay while another one has a miss of the path', () => {
    const { table, links } = tableWith(miss('one', 'a'), miss('two', 'a'))
    table.remove('one', 'a')
    expect([table.get('one', 'a'), links()]).toEqual([undefined, 1])
    expect(table.removeFor(['id:a'])).toEqual(['a'])
    expect([table.count(), links()]).toEqual([0, 0])
  })

  it('forgets every path of the identities that have arrived, and no other', () => {
    const { table, links } = tableWith(
      miss('one', 'app.pdb/1', 1000, ['pdb:1', 'portable:1']),
      miss('two', 'app.pdb/1', 1000, ['pdb:1', 'portable:1']),
      miss('one', 'renamed.pdb/1', 1000, ['pdb:1']),
      miss('one', 'other.pdb/2', 1000, ['pdb:2']),
    )
    expect(new Set(table.removeFor(['pdb:1', 'unknown']))).toEqual(
      new Set(['app.pdb/1', 'renamed.pdb/1']),
    )
    expect([table.count(), links()]).toEqual([1, 1])
    expect(table.removeFor(['pdb:1'])).toEqual([])
  })

  it('sweeps what nobody asked for since a time', () => {
    const { table, links } = tableWith(miss('one', 'old', 999), miss('one', 'new', 1000))
    expect(table.sweep(1000, 0)).toBe(1)
    expect(table.get('one', 'old')).toBeUndefined()
    expect([table.count(), links()]).toEqual([1, 1])
    expect(table.sweep(-Infinity, 0)).toBe(0)
  })

  it('sweeps the longest unasked beyond the most that may be, in steps of 500', () => {
    const misses = Array.from({ length: 1300 }, (_, index) => miss('one', `p${index}`, index))
    const { table } = tableWith(...misses)
    expect(table.sweep(-Infinity, 1000)).toBe(500)
    expect(table.sweep(-Infinity, 500)).toBe(500)
    expect(table.sweep(-Infinity, 0)).toBe(0)
    expect(table.count()).toBe(300)
    expect(table.get('one', 'p999')).toBeUndefined()
    expect(table.get('one', 'p1000')).toBeDefined()
  })

  it('forgets none by age when misses are kept for ever', () => {
    const { table } = tableWith(miss('one', 'a', 0))
    expect(table.sweep(1e12 - Infinity, 0)).toBe(0)
    expect(table.count()).toBe(1)
  })

  it('takes all of a batch or nothing', () => {
    const { table } = tableWith()
    const broken = { ...miss('one', 'b'), identities: [{} as string] }
    expect(() => table.put([miss('one', 'a'), broken])).toThrow(RangeError)
    expect(table.count()).toBe(0)
  })
})
