import { describe, expect, it } from 'vitest'
import { RetentionTable } from '../../src/db/retention-table.ts'
import { planRetention } from '../../src/retention/plan-retention.ts'
import type { RetentionRules, TagRule } from '../../src/retention/retention-rules.ts'
import { ingestBench } from '../helpers/ingest-bench.ts'
import { publishMade, type MadeFile } from '../helpers/package-maker.ts'

const DAY = 86_400_000
const NOW = 1_800_000_000_000
const NO_RULE: TagRule = {
  pattern: '*',
  keepLast: undefined,
  maxAgeMs: undefined,
  unusedForMs: undefined,
}

interface Made {
  readonly tag?: string
  readonly age: number
  readonly build?: string
  readonly protected?: boolean
  readonly files?: readonly MadeFile[]
}

let letter = 0
/** A file of ten bytes that no other package has. */
function own(): MadeFile {
  const sign = String.fromCharCode(97 + (letter++ % 20))
  return { content: sign.repeat(10), ids: sign }
}

/** Publishes packages `p0`, `p1` … of these ages in days, the oldest first, and plans over them. */
async function bench(packages: readonly Made[]) {
  const bench = await ingestBench()
  for (const [index, { tag = 'nightly-1', age, files, ...details }] of packages.entries())
    await publishMade(bench, `p${index}`, files ?? [own()], 'keep', {
      tag,
      receivedAtMs: NOW - age * DAY,
      protected: details.protected ?? false,
      ...(details.build !== undefined && { build: details.build }),
    })
  bench.database.exec('UPDATE counting_uses SET since = 0')
  const table = new RetentionTable(bench.database)
  const plan = async (rules: Partial<RetentionRules>) =>
    await planRetention(
      { tags: [], maxTotalBytes: Infinity, safetyPeriodMs: 0, ...rules },
      {
        table,
        totalBytes: () => bench.blobs.totals('hosted').bytes,
        nowMs: NOW,
        signal: new AbortController().signal,
      },
    )
  /** `id reason bytes` of what is to go. */
  const told = async (rules: Partial<RetentionRules>) =>
    (await plan(rules)).map(({ id, reason, bytes }) => `${id} ${reason} ${bytes}`)
  return { ...bench, told, table }
}

describe('a tag rule', () => {
  it('keeps the newest of its pattern and lets the others go, the oldest first', async () => {
    const { told } = await bench([
      { age: 5 },
      { age: 4, tag: 'release' },
      { age: 3, tag: 'NIGHTLY-2' },
      { age: 2 },
      { age: 1 },
    ])
    const tags = [{ ...NO_RULE, pattern: 'nightly-*', keepLast: 2 }]
    expect(await told({ tags })).toEqual(['p0 keep_last 10', 'p2 keep_last 10'])
  })

  it('counts the packages of one build as one', async () => {
    const { told } = await bench([
      { age: 5, build: 'first' },
      { age: 5, build: 'first' },
      { age: 4, build: 'second' },
      { age: 3 },
      { age: 4, build: 'second' },
    ])
    const kept = (keepLast: number) => told({ tags: [{ ...NO_RULE, keepLast }] })
    expect(await kept(3)).toEqual([])
    expect(await kept(2)).toEqual(['p0 keep_last 10', 'p1 keep_last 10'])
    expect(await kept(1)).toEqual(['p0 keep_last 10', 'p1 keep_last 10', 'p3 keep_last 10'])
  })

  it('lets packages go by age, but never the newest it keeps', async () => {
    const { told } = await bench([{ age: 50 }, { age: 40 }, { age: 30 }, { age: 20 }])
    const maxAgeMs = 25 * DAY
    expect(await told({ tags: [{ ...NO_RULE, maxAgeMs }] })).toEqual([
      'p0 max_age 10',
      'p1 max_age 10',
      'p2 max_age 10',
    ])
    expect(await told({ tags: [{ ...NO_RULE, maxAgeMs, keepLast: 3 }] })).toEqual(['p0 max_age 10'])
  })

  it('lets packages go that nobody has used', async () => {
    const shared = { content: 'shared', ids: 'x', name: 's.so' }
    const { told, database } = await bench([
      { age: 50 },
      { age: 40, files: [own(), shared] },
      { age: 30, files: [own(), shared] },
      { age: 5 },
    ])
    const tags = [{ ...NO_RULE, unusedForMs: 10 * DAY }]
    expect(await told({ tags })).toEqual([
      'p0 unused_for 10',
      'p1 unused_for 10',
      'p2 unused_for 16',
    ])
    const use = database.prepare(
      "UPDATE blob_uses SET last_used_at = ? WHERE root = 'hosted' AND key LIKE ?",
    )
    use.run(NOW - 2 * DAY, 's.so/%')
    expect(await told({ tags })).toEqual(['p0 unused_for 10'])
    // What was used before the database was made anew is not known.
    database.prepare('UPDATE counting_uses SET since = ?').run(NOW - DAY)
    expect(await told({ tags })).toEqual([])
  })

  it('decides alone when it is the first that fits; what none fits stays', async () => {
    const { told } = await bench([
      { age: 50, tag: 'nightly-1' },
      { age: 50, tag: 'release-1' },
      { age: 50, tag: 'other' },
    ])
    const old = { ...NO_RULE, maxAgeMs: DAY }
    const tags = [
      { ...NO_RULE, pattern: 'release-*' },
      { ...old, pattern: '*-?' },
    ]
    expect(await told({ tags })).toEqual(['p0 max_age 10'])
  })

  it('spares protected packages and those of the safety period', async () => {
    const { told } = await bench([{ age: 50, protected: true }, { age: 40 }, { age: 3 }])
    const tags = [{ ...NO_RULE, maxAgeMs: DAY }]
    expect(await told({ tags, safetyPeriodMs: 7 * DAY })).toEqual(['p1 max_age 10'])
  })
})

describe('the limit of the whole', () => {
  it('lets the oldest go until what stays is small enough', async () => {
    const { told } = await bench([
      { age: 50, protected: true },
      { age: 40 },
      { age: 30 },
      { age: 20 },
      { age: 1 },
    ])
    expect(await told({ maxTotalBytes: 25, safetyPeriodMs: 7 * DAY })).toEqual([
      'p1 max_total 10',
      'p2 max_total 10',
      'p3 max_total 10',
    ])
    expect(await told({ maxTotalBytes: 50 })).toEqual([])
    const tags = [{ ...NO_RULE, maxAgeMs: 25 * DAY }]
    expect(await told({ tags, maxTotalBytes: 25 })).toEqual([
      'p1 max_age 10',
      'p2 max_age 10',
      'p3 max_total 10',
    ])
  })

  it('counts shared files for the last holder, and spares packages whose going frees nothing', async () => {
    const shared = { content: 'shared', ids: 'x', name: 's.so' }
    const kept = { content: 'kept', ids: 'y', name: 'k.so' }
    const { told } = await bench([
      { age: 60, files: [kept] },
      { age: 50, files: [shared] },
      { age: 40, files: [shared] },
      { age: 30 },
      { age: 20, files: [kept] },
    ])
    // 20 bytes in all: the shared file goes with the second of its packages; the kept one stays with the newest.
    expect(await told({ maxTotalBytes: 15 })).toEqual(['p1 max_total 0', 'p2 max_total 6'])
  })
})

it('what a plan says is what goes', async () => {
  const shared = { content: 'shared', ids: 'x', name: 's.so' }
  const { told, unpublisher, blobs, files } = await bench([
    { age: 50, files: [own(), shared] },
    { age: 40, files: [own(), shared] },
    { age: 1, files: [own()] },
  ])
  const tags = [{ ...NO_RULE, keepLast: 1 }]
  expect(await told({ tags })).toEqual(['p0 keep_last 10', 'p1 keep_last 16'])
  expect(await unpublisher.delete('p0')).toEqual({ files: 1, bytes: 10 })
  expect(await unpublisher.delete('p1')).toEqual({ files: 2, bytes: 16 })
  expect(files()).toHaveLength(1)
  expect(blobs.totals('hosted')).toEqual({ blobs: 1, bytes: 10 })
  expect(await told({ tags })).toEqual([])
})
