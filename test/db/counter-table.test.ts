import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { CounterTable } from '../../src/db/counter-table.ts'
import { fillDisk, testDatabase } from '../helpers/test-database.ts'

const totals = (counters: CounterTable): Record<string, number> =>
  Object.fromEntries(counters.all().map(({ name, value }) => [name, value]))

describe('CounterTable', () => {
  it('adds up, over restarts too', () => {
    const database = testDatabase()
    const first = new CounterTable(database)
    first.add('packages.good', 1)
    first.add('bytes', 2 ** 40)
    first.add('bytes', 5)
    expect(totals(first)).toEqual({ bytes: 2 ** 40 + 5, 'packages.good': 1 })
    first.flush()
    first.add('bytes', 1)
    expect(totals(first)).toEqual({ bytes: 2 ** 40 + 6, 'packages.good': 1 })
    first.flush()
    const second = new CounterTable(database)
    second.add('bytes', 1)
    expect(totals(second)['bytes']).toBe(2 ** 40 + 7)
  })

  it('writes by itself after a moment, and nothing twice', async () => {
    const database = testDatabase()
    const counters = new CounterTable(database)
    counters.add('one', 1)
    const stored = database.prepare('SELECT value FROM counters').pluck()
    expect(stored.get()).toBeUndefined()
    while (stored.get() === undefined) await sleep(50)
    counters.flush()
    expect(stored.get()).toBe(1)
  })

  it('outlives a full disk: nothing fails, and nothing is lost', async () => {
    const database = testDatabase()
    const counters = new CounterTable(database)
    const freeDisk = fillDisk(database)
    for (let index = 0; index < 200; index++) counters.add(`a counter with a long name ${index}`, 1)
    // The write that follows by itself would take the process down if its failure went anywhere.
    await sleep(1200)
    expect(counters.all()).toHaveLength(200)
    freeDisk()
    counters.add('a counter with a long name 0', 1)
    counters.flush()
    const again = totals(new CounterTable(database))
    expect(Object.keys(again)).toHaveLength(200)
    expect(again['a counter with a long name 0']).toBe(2)
  })
})
