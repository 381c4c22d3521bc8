import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { MissTable } from '../../src/db/miss-table.ts'
import { MissMemory } from '../../src/lookup/miss-memory.ts'
import { identityKey } from '../../src/symbols/identity.ts'
import type { SymbolPath } from '../../src/symbols/symbol-path.ts'
import { symbolPathOf } from '../helpers/symbol-path-of.ts'
import { fillDisk, testDatabase } from '../helpers/test-database.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const APP = symbolPathOf(`app.pdb/${GUID}1/app.pdb`)
const RENAMED = symbolPathOf(`renamed.pdb/${GUID}1/renamed.pdb`)
const OTHER = symbolPathOf(`app.pdb/${GUID}2/app.pdb`)

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const ONE = { name: 'one', missRetryAfterMs: HOUR }
const TWO = { name: 'two', missRetryAfterMs: 2 * HOUR }

/** A memory with a clock of its own, which can be started anew on the same database. */
function setUp(options: { forgetAfterMs?: number; maxEntries?: number } = {}) {
  const database = testDatabase()
  const table = new MissTable(database)
  const clock = { now: 1_700_000_000_000 }
  const start = (): MissMemory =>
    new MissMemory({
      table,
      forgetAfterMs: options.forgetAfterMs ?? 24 * HOUR,
      maxEntries: options.maxEntries ?? 1000,
      now: () => clock.now,
    })
  return { database, table, clock, start, misses: start() }
}

const keysOf = (path: SymbolPath): string[] => path.identities.map(identityKey)
const nth = (index: number): SymbolPath =>
  symbolPathOf(`app.pdb/${GUID}${(index + 16).toString(16)}/app.pdb`)

describe('a miss', () => {
  it('holds for the retry time of its upstream and not a moment longer', () => {
    const { misses, clock } = setUp()
    misses.remember('one', APP)
    misses.remember('two', APP)
    clock.now += HOUR - 1
    expect(misses.isRemembered(ONE, APP)).toBe(true)
    clock.now += 1
    expect(misses.isRemembered(ONE, APP)).toBe(false)
    expect(misses.isRemembered(TWO, APP)).toBe(true)
  })

  it('is not believed when the clock has been set back behind it, but for a little', () => {
    const { misses, clock } = setUp()
    misses.remember('one', APP)
    clock.now -= MINUTE
    expect(misses.isRemembered(ONE, APP)).toBe(true)
    clock.now -= 24 * HOUR
    expect(misses.isRemembered(ONE, APP)).toBe(false)
    misses.remember('one', APP)
    expect(misses.isRemembered(ONE, APP)).toBe(true)
  })

  it('is of one upstream and one path', () => {
    const { misses } = setUp()
    misses.remember('one', APP)
    expect(misses.isRemembered(TWO, APP)).toBe(false)
    expect(misses.isRemembered(ONE, OTHER)).toBe(false)
    expect(misses.isRemembered(ONE, symbolPathOf(`APP.PDB/${GUID.toLowerCase()}1/App.pdb`))).toBe(
      true,
    )
  })

  it('is never believed where the retry time is 0', () => {
    const { misses } = setUp()
    misses.remember('one', APP)
    expect(misses.isRemembered({ name: 'one', missRetryAfterMs: 0 }, APP)).toBe(false)
  })

  it('is not kept alive by questions, but is moved to now by another failed fetch', () => {
    const { misses, clock } = setUp()
    misses.remember('one', APP)
    clock.now += 40 * MINUTE
    expect(misses.isRemembered(ONE, APP)).toBe(true)
    clock.now += 40 * MINUTE
    expect(misses.isRemembered(ONE, APP)).toBe(false)
    misses.remember('one', APP)
    clock.now += 40 * MINUTE
    expect(misses.isRemembered(ONE, APP)).toBe(true)
  })

  it('goes when its upstream has the file after all, written or still pending', () => {
    const { misses, table } = setUp()
    for (const written of [false, true]) {
      misses.remember('one', APP)
      misses.remember('two', APP)
      if (written) misses.flush()
      misses.forget('one', APP)
      expect([misses.isRemembered(ONE, APP), misses.isRemembered(TWO, APP)]).toEqual([false, true])
    }
    misses.flush()
    expect(table.get('one', APP.canonical)).toBeUndefined()
  })

  it('outlives a restart with its age', () => {
    const { misses, start, clock } = setUp()
    misses.remember('one', APP)
    misses.flush()
    clock.now += 59 * MINUTE
    expect(start().isRemembered(ONE, APP)).toBe(true)
    clock.now += MINUTE
    expect(start().isRemembered(ONE, APP)).toBe(false)
  })

  it('is written by itself after a moment', async () => {
    const { misses, table } = setUp()
    misses.remember('one', APP)
    expect(table.count()).toBe(0)
    while (table.count() === 0) await sleep(50)
    expect(table.get('one', APP.canonical)?.path).toBe(APP.canonical)
  })

  it('is written when 500 are pending', () => {
    const { misses, table } = setUp()
    for (let index = 0; index < 500; index++) misses.remember('one', nth(index))
    expect(table.count()).toBe(500)
  })
})

describe('an upload', () => {
  it.each([
    ['pending', () => {}],
    ['written', (misses: MissMemory) => misses.flush()],
  ])(
    'ends every %s miss of its identities, under every name and of every upstream',
    async (_, write) => {
      const { misses, table } = setUp()
      for (const path of [APP, RENAMED, OTHER]) {
        misses.remember('one', path)
        misses.remember('two', path)
      }
      write(misses)
      await misses.forgetIdentities([`pdb:${GUID}:1`])
      for (const upstream of [ONE, TWO]) {
        expect(misses.isRemembered(upstream, APP)).toBe(false)
        expect(misses.isRemembered(upstream, RENAMED)).toBe(false)
        expect(misses.isRemembered(upstream, OTHER)).toBe(true)
      }
      misses.flush()
      expect(table.count()).toBe(2)
    },
  )

  it('ends misses from before a restart, and those asked for since', async () => {
    const { misses, start, clock } = setUp()
    misses.remember('one', APP)
    misses.flush()
    const again = start()
    clock.now += 10 * MINUTE
    expect(again.isRemembered(ONE, APP)).toBe(true)
    await again.forgetIdentities(keysOf(APP))
    expect(again.isRemembered(ONE, APP)).toBe(false)
  })

  it('ends a miss that had been swept for want of room while it was still asked for', async () => {
    const { misses, clock, start } = setUp({ maxEntries: 0 })
    misses.remember('one', APP)
    await misses.sweep()
    clock.now += 2 * MINUTE
    misses.isRemembered(ONE, APP)
    misses.flush()
    await misses.forgetIdentities(keysOf(APP))
    expect(misses.isRemembered(ONE, APP)).toBe(false)
    expect(start().isRemembered(ONE, APP)).toBe(false)
  })
})

describe('misses that nobody asks for any more', () => {
  it('are forgotten after forget_after, even where the upstream would hold them longer', async () => {
    const { misses, clock, table } = setUp({ forgetAfterMs: 30 * MINUTE })
    misses.remember('one', APP)
    misses.remember('one', OTHER)
    clock.now += 20 * MINUTE
    misses.isRemembered(ONE, OTHER)
    clock.now += 20 * MINUTE
    await misses.sweep()
    expect(table.count()).toBe(1)
    expect(misses.isRemembered(ONE, APP)).toBe(false)
    expect(misses.isRemembered(ONE, OTHER)).toBe(true)
  })

  it('are believed no longer even before a sweep comes by', () => {
    const { misses, clock, start } = setUp({ forgetAfterMs: 30 * MINUTE })
    misses.remember('one', APP)
    misses.flush()
    clock.now += 31 * MINUTE
    expect(start().isRemembered(ONE, APP)).toBe(false)
    expect(misses.isRemembered(ONE, APP)).toBe(false)
  })

  it('are kept while they are asked for, however short forget_after is', async () => {
    const { misses, clock } = setUp({ forgetAfterMs: 20 * SECOND })
    misses.remember('one', APP)
    for (let asked = 0; asked < 20; asked++) {
      clock.now += 5 * SECOND
      await misses.sweep()
      expect(misses.isRemembered(ONE, APP)).toBe(true)
    }
  })

  it('are kept for ever where forget_after says so', async () => {
    const { misses, clock } = setUp({ forgetAfterMs: Infinity })
    misses.remember('one', APP)
    clock.now += 59 * MINUTE
    await misses.sweep()
    expect(misses.isRemembered(ONE, APP)).toBe(true)
  })

  it('go, the longest unasked first, when there are more than max_entries, however many', async () => {
    const { misses, table, clock } = setUp({ maxEntries: 100 })
    for (let index = 0; index < 1700; index++) {
      clock.now++
      misses.remember('one', nth(index))
    }
    await misses.sweep()
    expect(table.count()).toBe(100)
    expect(table.get('one', nth(1599).canonical)).toBeUndefined()
    expect(table.get('one', nth(1600).canonical)).toBeDefined()
  })
})

it('a full disk costs what is pending, not the process', async () => {
  const { database, misses, table } = setUp()
  const freeDisk = fillDisk(database)
  for (let index = 0; index < 700; index++) misses.remember('one', nth(index))
  await sleep(1200)
  expect(misses.isRemembered(ONE, nth(600))).toBe(true)
  misses.flush()
  freeDisk()
  misses.remember('one', APP)
  misses.flush()
  expect(table.get('one', APP.canonical)).toBeDefined()
})

it('a full disk does not keep a miss whose file was found', () => {
  const { database, misses } = setUp()
  misses.remember('one', APP)
  misses.flush()
  database.exec(
    `CREATE TRIGGER full BEFORE DELETE ON misses BEGIN SELECT RAISE(ABORT, 'full'); END`,
  )
  misses.forget('one', APP)
  expect(misses.isRemembered(ONE, APP)).toBe(false)
  expect(misses.isRemembered({ ...ONE, missRetryAfterMs: Infinity }, APP)).toBe(false)
  misses.remember('one', APP)
  expect(misses.isRemembered(ONE, APP)).toBe(true)
})
