import { describe, expect, it } from 'vitest'
import { MissingTable } from '../../src/db/missing-table.ts'
import { MissingList } from '../../src/lookup/missing-list.ts'
import { identityKey } from '../../src/symbols/identity.ts'
import { symbolPathOf } from '../helpers/symbol-path-of.ts'
import { fillDisk, testDatabase } from '../helpers/test-database.ts'

const PDB = 'App.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/App.pdb'
const ALL = { sinceMs: 0, text: undefined, isFound: undefined, after: undefined, limit: 100 }
const STRANGER = { userAgent: 'Microsoft-Symbol-Server/10', isAuthenticated: false }

function setUp(maxEntries = 100) {
  const database = testDatabase()
  const clock = { now: 1000 }
  const table = new MissingTable(database)
  const list = new MissingList({ table, maxEntries, forgetAfterMs: 500, now: () => clock.now })
  return { database, table, list, clock }
}

describe('the missing list', () => {
  it('gathers all spellings of a request, and who asked', async () => {
    const { list, clock } = setUp()
    list.note(symbolPathOf(PDB), 'absent', STRANGER)
    clock.now = 2000
    list.note(symbolPathOf(PDB.toLowerCase()), 'remembered', {
      userAgent: 'evil\nagent',
      isAuthenticated: true,
    })
    list.note(symbolPathOf(PDB), 'absent', { userAgent: undefined, isAuthenticated: false })
    expect(await list.list(ALL)).toMatchObject([
      {
        storePath: PDB,
        count: 3,
        firstAtMs: 1000,
        lastAtMs: 2000,
        isTrusted: true,
        userAgents: ['Microsoft-Symbol-Server/10', 'evil agent'],
      },
    ])
  })

  it.each(['absent', 'remembered', 'not_listed', 'blocked', 'skipped', 'mismatch'])(
    'holds what was answered with %s',
    async (reason) => {
      const { list } = setUp()
      list.note(symbolPathOf(PDB), reason, STRANGER)
      expect(await list.list(ALL)).toMatchObject([{ reason }])
    },
  )

  it('does not hold what nobody could tell, nor the side forms that clients try', async () => {
    const { list } = setUp()
    for (const reason of ['trouble', 'malformed']) list.note(symbolPathOf(PDB), reason, STRANGER)
    for (const path of [PDB.replace(/b$/, '_'), PDB.replace(/App\.pdb$/, 'file.ptr')])
      list.note(symbolPathOf(path), 'absent', STRANGER)
    expect(await list.list(ALL)).toEqual([])
  })

  it('finds what an upload brings by any of its identities, also just after it was asked for', async () => {
    const { list } = setUp()
    const path = symbolPathOf(PDB)
    list.note(path, 'absent', STRANGER)
    const [identity] = path.identities.map(identityKey)
    expect(await list.markFound([identity ?? ''], { packageId: 'p1' })).toMatchObject([
      { storePath: PDB, count: 1 },
    ])
    expect(await list.list(ALL)).toMatchObject([{ found: { packageId: 'p1', atMs: 1000 } }])
  })

  it('lets new entries live for a while before it makes room', async () => {
    const { list, table, clock } = setUp(10)
    const ask = (name: string): void =>
      list.note(symbolPathOf(PDB.replaceAll('App', name)), 'absent', STRANGER)
    for (let index = 0; index < 11; index++) ask(`a${index}`)
    await list.flush()
    await list.sweep()
    expect(table.count()).toBe(11)
    ask('b')
    await list.flush()
    await list.sweep()
    expect(table.count()).toBe(10)
    clock.now += 501
    await list.sweep()
    expect(table.count()).toBe(0)
  })

  it('costs nobody anything when the disk is full', async () => {
    const { list, database } = setUp()
    const free = fillDisk(database)
    for (let index = 0; index < 2000; index++)
      list.note(symbolPathOf(PDB.replaceAll('App', `a${index}`)), 'absent', STRANGER)
    await list.flush()
    free()
    list.note(symbolPathOf(PDB), 'absent', STRANGER)
    expect((await list.list({ ...ALL, text: 'app.pdb' })).length).toBe(1)
  })
})
