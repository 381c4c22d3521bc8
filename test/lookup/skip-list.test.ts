import { describe, expect, it } from 'vitest'
import { SkipTable } from '../../src/db/skip-table.ts'
import { SkipList } from '../../src/lookup/skip-list.ts'
import { identityKey } from '../../src/symbols/identity.ts'
import { symbolPathOf } from '../helpers/symbol-path-of.ts'
import { testDatabase } from '../helpers/test-database.ts'

const RULES = { afterFailedFills: 2, forgetAfterMs: 1000 }
const PATH = symbolPathOf('app.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/app.pdb')
const OTHER = symbolPathOf('app.pdb/597B72F6390A44FC878E5A2D63B6CC4B1/app.pdb')

function skipList() {
  let now = 1000
  const database = testDatabase()
  const open = (): SkipList => new SkipList(new SkipTable(database), () => now)
  return { database, skips: open(), open, pass: (ms: number) => (now += ms), at: () => now }
}

describe('SkipList', () => {
  it('leaves a path alone after so many failed fills, on that upstream only, over a restart', () => {
    const { skips, open } = skipList()
    skips.count('one', PATH, 'a login page', RULES)
    expect(skips.isSkipped('one', PATH, RULES)).toBe(false)
    expect(skips.list('one', RULES)).toEqual([])
    skips.count('one', PATH, 'another page', RULES)
    for (const list of [skips, open()]) {
      expect(list.isSkipped('one', PATH, RULES)).toBe(true)
      expect(list.isSkipped('two', PATH, RULES)).toBe(false)
      expect(list.isSkipped('one', OTHER, RULES)).toBe(false)
      expect(list.list('one', RULES)).toMatchObject([
        { path: PATH.canonical, failedFills: 2, cause: 'another page' },
      ])
    }
  })

  it('forgets after the time that was said, and begins to count anew', () => {
    const { skips, pass } = skipList()
    skips.count('one', PATH, 'x', RULES)
    pass(999)
    skips.count('one', PATH, 'x', RULES)
    pass(999)
    expect(skips.isSkipped('one', PATH, RULES)).toBe(true)
    pass(1)
    expect(skips.list('one', RULES)).toEqual([])
    expect(skips.isSkipped('one', PATH, RULES)).toBe(false)
    skips.count('one', PATH, 'x', RULES)
    expect(skips.isSkipped('one', PATH, RULES)).toBe(false)
  })

  it('ends with the file, found on the upstream or uploaded', async () => {
    const { skips } = skipList()
    const fill = (): void => {
      for (const path of [PATH, OTHER])
        for (let count = 0; count < 2; count++) skips.count('one', path, 'x', RULES)
    }
    fill()
    skips.forget('one', PATH)
    expect(skips.list('one', RULES).map(({ path }) => path)).toEqual([OTHER.canonical])
    fill()
    await skips.forgetIdentities(OTHER.identities.map(identityKey))
    expect(skips.list('one', RULES).map(({ path }) => path)).toEqual([PATH.canonical])
  })

  it('takes back what was counted in a window, when the host turns out to be down', () => {
    const { skips, pass, at } = skipList()
    skips.count('one', PATH, 'x', RULES)
    pass(500)
    const since = at()
    skips.count('one', PATH, 'x', RULES)
    skips.count('one', OTHER, 'x', RULES)
    skips.count('two', PATH, 'x', RULES)
    skips.takeBack(new Set(['one']), since)
    skips.takeBack(new Set(['one']), since)
    const once = { ...RULES, afterFailedFills: 1 }
    expect(skips.isSkipped('one', PATH, RULES)).toBe(false)
    expect(skips.isSkipped('one', PATH, once)).toBe(true)
    expect(skips.isSkipped('one', OTHER, once)).toBe(false)
    expect(skips.isSkipped('two', PATH, once)).toBe(true)
  })

  it('is searched by text and loses what it is told to', () => {
    const { skips, open } = skipList()
    const once = { ...RULES, afterFailedFills: 1 }
    skips.count('one', PATH, 'a Login page', once)
    skips.count('one', OTHER, 'cut off', once)
    expect(skips.list('one', once, 'LOGIN').map(({ path }) => path)).toEqual([PATH.canonical])
    expect(skips.list('one', once, 'APP.pdb')).toHaveLength(2)
    skips.remove(skips.list('one', once, 'login'))
    expect(open().list('one', once)).toHaveLength(1)
    skips.removeUpstream('one')
    expect(open().list('one', once)).toHaveLength(0)
  })

  it('forgets in memory what a full disk keeps, and tells only who wants it removed', () => {
    const { database, skips, pass, at } = skipList()
    const once = { ...RULES, afterFailedFills: 1 }
    database.exec(
      `CREATE TRIGGER full BEFORE DELETE ON skips BEGIN SELECT RAISE(ABORT, 'full'); END`,
    )
    skips.count('one', PATH, 'x', once)
    skips.forget('one', PATH)
    expect(skips.isSkipped('one', PATH, once)).toBe(false)
    skips.count('one', OTHER, 'x', once)
    skips.takeBack(new Set(['one']), at())
    expect(skips.isSkipped('one', OTHER, once)).toBe(false)
    skips.count('one', PATH, 'x', once)
    pass(RULES.forgetAfterMs)
    expect(skips.isSkipped('one', PATH, once)).toBe(false)
    skips.count('one', PATH, 'x', once)
    expect(() => skips.remove(skips.list('one', once))).toThrow('full')
  })

  it('counts nothing where the rules say 0', () => {
    const { skips } = skipList()
    const never = { ...RULES, afterFailedFills: 0 }
    for (let count = 0; count < 5; count++) skips.count('one', PATH, 'x', never)
    expect(skips.isSkipped('one', PATH, never)).toBe(false)
    expect(skips.isSkipped('one', PATH, RULES)).toBe(false)
  })
})
