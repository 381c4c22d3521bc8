import { describe, expect, it } from 'vitest'
import { ActivityTable } from '../../src/db/activity-table.ts'
import { Statistics } from '../../src/stats/statistics.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'
import { fillDisk, testDatabase } from '../helpers/test-database.ts'

const HOUR_MS = 3_600_000
const START = 500_000 * HOUR_MS + 7

function setUp() {
  const database = testDatabase()
  const table = new ActivityTable(database)
  const clock = { now: START }
  const start = () => {
    const metrics = new Metrics(() => [])
    return { metrics, statistics: new Statistics({ table, metrics, now: () => clock.now }) }
  }
  return { database, table, clock, start }
}

describe('statistics', () => {
  it('count each event once, in the hour in which it was seen', async () => {
    const { clock, start } = setUp()
    const { metrics, statistics } = start()
    metrics.lookups.inc({ outcome: 'hosted' }, 3)
    await statistics.sample()
    await statistics.sample()
    clock.now += 2 * HOUR_MS
    metrics.lookups.inc({ outcome: 'hosted' })
    metrics.lookups.inc({ outcome: 'mismatch' })
    const hours = await statistics.hours(4)
    expect(hours.map(({ hour, hosted, trouble }) => [hour, hosted, trouble])).toEqual([
      [499_999, 0, 0],
      [500_000, 3, 0],
      [500_001, 0, 0],
      [500_002, 1, 1],
    ])
  })

  it('go on after a restart', async () => {
    const { start } = setUp()
    const first = start()
    first.metrics.uploads.inc({ outcome: 'good' }, 5)
    await first.statistics.close()
    const second = start()
    second.metrics.uploads.inc({ outcome: 'good' }, 2)
    expect(await second.statistics.totals()).toMatchObject({
      activity: { uploads: 7 },
      sinceMs: 500_000 * HOUR_MS,
    })
  })

  it('lose nothing while the disk is full', async () => {
    const { database, table, start } = setUp()
    const { metrics, statistics } = start()
    for (let hour = 0; hour < 20_000; hour++) table.add({ ...(await nothing(statistics)), hour })
    const freeDisk = fillDisk(database)
    const filler = database.prepare('INSERT INTO counters (name, value) VALUES (?, 0)')
    expect(() => {
      for (let row = 0; row < 100_000; row++) filler.run('x'.repeat(3000) + row)
    }).toThrow('full')
    metrics.bytesSent.inc(9)
    await statistics.hours(1)
    freeDisk()
    expect((await statistics.hours(1))[0]?.bytes_sent).toBe(9)
  })

  it('forget hours after two years', async () => {
    const { table, clock, start } = setUp()
    const { statistics } = start()
    const zero = await nothing(statistics)
    for (let hour = 490_000; hour < 491_200; hour++) table.add({ ...zero, hour })
    clock.now += (491_000 + 2 * 366 * 24 - 500_000) * HOUR_MS
    await statistics.sweep()
    expect(table.since(0).length).toBe(200)
  })
})

async function nothing(statistics: Statistics) {
  const [hour] = await statistics.hours(1)
  if (hour === undefined) throw new Error('no hour')
  return hour
}
