import { describe, expect, it } from 'vitest'
import { CounterTable } from '../../src/db/counter-table.ts'
import { UpstreamLogTable } from '../../src/db/upstream-log-table.ts'
import { UpstreamHistory } from '../../src/lookup/upstream-history.ts'
import { fillDisk, testDatabase } from '../helpers/test-database.ts'

const DAY = 86_400_000

function history() {
  let now = 100 * DAY
  const database = testDatabase()
  const counters = new CounterTable(database, () => now)
  const table = new UpstreamLogTable(database)
  const history = new UpstreamHistory({ counters, table, now: () => now })
  const texts = (upstream: string, part = '', before = Infinity, limit = 100) =>
    history.find(upstream, part, before, limit).map(({ text }) => text)
  return { database, history, texts, pass: (ms: number) => (now += ms) }
}

describe('UpstreamHistory', () => {
  it('adds up what came of the attempts, by stage', () => {
    const { history: it, pass } = history()
    expect(it.statistics('one').sinceMs).toBeUndefined()
    it.record('one', 'a', { kind: 'downloaded', bytes: 10 })
    pass(5)
    it.record('one', 'b', { kind: 'absent' })
    it.record('one', 'c', { kind: 'failed', stage: 'connect', cause: 'x', bytes: 0 })
    it.record('one', 'd', { kind: 'failed', stage: 'verification', cause: 'x', bytes: 7 })
    it.record('one', 'd', { kind: 'failed', stage: 'verification', cause: 'x', bytes: 7 })
    it.record('one.more', 'd', { kind: 'failed', stage: 'download', cause: 'x', bytes: 1 })
    expect(it.statistics('one')).toEqual({
      bytes: 24,
      succeeded: 1,
      failed: 3,
      failedByStage: { connect: 1, download: 0, verification: 2, conversion: 0 },
      absent: 1,
      sinceMs: 100 * DAY,
    })
  })

  it('logs each attempt, the newest first, to be searched page by page', () => {
    const { history: it, texts } = history()
    it.record('one', 'a/1/a', { kind: 'downloaded', bytes: 10 })
    it.record('one', 'b/1/b', { kind: 'failed', stage: 'connect', cause: 'refused', bytes: 0 })
    it.record('one', 'c_d/1/c_d', { kind: 'absent' })
    it.record('two', 'a/1/a', { kind: 'absent' })
    expect(texts('one')).toEqual([
      'Download failed c_d/1/c_d: not found',
      'Download failed b/1/b: refused',
      'Downloaded a/1/a',
    ])
    expect(texts('one', 'REFUSED')).toHaveLength(1)
    expect(texts('one', '_')).toEqual(['Download failed c_d/1/c_d: not found'])
    expect(texts('one', '%')).toEqual([])
    const [first] = it.find('one', '', Infinity, 1)
    expect(texts('one', '', first?.id, 1)).toEqual(['Download failed b/1/b: refused'])
  })

  it('drops what is a month old, and what is beyond the newest', async () => {
    const { history: it, texts, pass } = history()
    it.record('one', 'old', { kind: 'absent' })
    pass(20 * DAY)
    for (let index = 0; index < 50_500; index++) it.record('two', `${index}`, { kind: 'absent' })
    await it.sweep()
    expect([texts('one').length, texts('two', '', Infinity, 60_000).length]).toEqual([0, 50_000])
    pass(31 * DAY)
    await it.sweep()
    expect(texts('two')).toEqual([])
  })

  it('forgets an upstream', async () => {
    const { history: it, texts } = history()
    for (const name of ['one', 'one.more']) it.record(name, 'a', { kind: 'absent' })
    await it.remove('one')
    expect([it.statistics('one').absent, texts('one')]).toEqual([0, []])
    expect([it.statistics('one.more').absent, texts('one.more').length]).toEqual([1, 1])
  })

  it('fails nothing when the disk is full', () => {
    const { database, history: it } = history()
    const freeDisk = fillDisk(database)
    for (let index = 0; index < 1000; index++) it.record('one', 'a'.repeat(500), { kind: 'absent' })
    freeDisk()
    expect(it.statistics('one').absent).toBe(1000)
  })
})
