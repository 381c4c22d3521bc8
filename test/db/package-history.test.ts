import { describe, expect, it } from 'vitest'
import { PackageHistory, type PackageQuery } from '../../src/db/package-history.ts'
import type { PackageRecord } from '../../src/db/package-record.ts'
import { PackageTable } from '../../src/db/package-table.ts'
import { timePrefix } from '../../src/lib/time-prefix.ts'
import { testDatabase } from '../helpers/test-database.ts'

const ALL: PackageQuery = {
  tag: undefined,
  verdict: undefined,
  text: undefined,
  before: undefined,
  limit: 100,
}

function record(id: string, more: Partial<PackageRecord> = {}): PackageRecord {
  return {
    id,
    tag: 'anon',
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
    files: [],
    ...more,
  }
}

async function historyOf(...records: readonly PackageRecord[]): Promise<PackageHistory> {
  const database = testDatabase()
  const table = new PackageTable(database)
  for (const one of records) await table.add(one)
  return new PackageHistory(database)
}

/** The ids on every page, page by page. */
async function pages(history: PackageHistory, query: Partial<PackageQuery>): Promise<string[][]> {
  const ids: string[][] = []
  let before: string | undefined
  do {
    const page = await history.list({ ...ALL, ...query, before })
    ids.push(page.packages.map(({ id }) => id))
    before = page.next
  } while (before !== undefined)
  return ids
}

describe('the history', () => {
  it('gives the newest first, page by page', async () => {
    const history = await historyOf(...['a1', 'a2', 'a3', 'a4', 'a5'].map((id) => record(id)))
    expect(await pages(history, { limit: 2 })).toEqual([['a5', 'a4'], ['a3', 'a2'], ['a1']])
    expect(await pages(history, { limit: 5 })).toEqual([['a5', 'a4', 'a3', 'a2', 'a1']])
    expect(await pages(await historyOf(), {})).toEqual([[]])
  })

  it('is narrowed by tag, verdict and text, alone and together', async () => {
    const history = await historyOf(
      record('a1', { tag: 'nightly', verdict: 'failed', comment: 'Linux 100% done' }),
      record('a2', { tag: 'nightly', product: 'Editor' }),
      record('a3', { tag: 'release', version: '1.2.3-LINUX' }),
      record('a4', { tag: 'nightly', error: { code: 'x', message: 'entry linux.pdb is cut' } }),
    )
    expect(await pages(history, { tag: 'nightly' })).toEqual([['a4', 'a2', 'a1']])
    expect(await pages(history, { verdict: 'failed' })).toEqual([['a1']])
    expect(await pages(history, { tag: 'nightly', verdict: 'good' })).toEqual([['a4', 'a2']])
    expect(await pages(history, { text: 'linux' })).toEqual([['a4', 'a3', 'a1']])
    expect(await pages(history, { text: 'LINUX', tag: 'nightly', limit: 1 })).toEqual([
      ['a4'],
      ['a1'],
    ])
    expect(await pages(history, { text: '100%' })).toEqual([['a1']])
    expect(await pages(history, { text: 'a3' })).toEqual([['a3']])
  })

  it('uses an index for every filter', async () => {
    const database = testDatabase()
    const plan = (where: string): string =>
      database
        .prepare(
          `EXPLAIN QUERY PLAN SELECT * FROM packages WHERE ${where} id < 'z' ORDER BY id DESC`,
        )
        .all()
        .map((row) => (row as { detail: string }).detail)
        .join(';')
    for (const where of [
      '',
      "tag = 'a' AND",
      "verdict = 'good' AND",
      "tag = 'a' AND verdict = 'good' AND",
    ])
      expect(plan(where)).toMatch(/^SEARCH packages USING (?:PRIMARY KEY|INDEX)[^;]*$/)
  })
})

describe('packages by time', () => {
  const HOUR = 3600_000
  const START = Date.UTC(2026, 0, 5)
  const at = (hours: number): PackageRecord => {
    const time = START + hours * HOUR
    return record(`${timePrefix(time)}-h${hours}`, { receivedAtMs: time })
  }
  const hours = (ids: readonly string[]): string[] => ids.map((id) => id.split('-')[1] ?? '')

  it('are those received at a time or later, and before another', async () => {
    const history = await historyOf(...[0, 1, 2, 50, 100].map(at))
    const between = async (sinceMs?: number, untilMs?: number): Promise<string[]> =>
      hours((await history.list({ ...ALL, sinceMs, untilMs })).packages.map(({ id }) => id))
    expect(await between(START + 2 * HOUR)).toEqual(['h100', 'h50', 'h2'])
    expect(await between(undefined, START + 2 * HOUR)).toEqual(['h1', 'h0'])
    expect(await between(START + HOUR, START + 51 * HOUR)).toEqual(['h50', 'h2', 'h1'])
    expect(await between(START + 3 * HOUR, START + 4 * HOUR)).toEqual([])
  })

  it('come in pages, and end where older ones begin', async () => {
    const history = await historyOf(...Array.from({ length: 600 }, (_, hour) => at(hour)))
    const found = await pages(history, { sinceMs: START + 595 * HOUR, limit: 2 })
    expect(found.map(hours)).toEqual([['h599', 'h598'], ['h597', 'h596'], ['h595']])
  })
})
