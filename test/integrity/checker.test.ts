import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { CheckTable } from '../../src/db/check-table.ts'
import { Checker } from '../../src/integrity/checker.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'
import { ingestBench } from '../helpers/ingest-bench.ts'
import { publishMade } from '../helpers/package-maker.ts'

const ALL = { isRepair: false, sample: 1, isResumed: false }

async function bench() {
  const bench = await ingestBench()
  for (const sign of 'abc') await publishMade(bench, `p${sign}`, [{ content: sign, ids: sign }])
  const table = new CheckTable(bench.database)
  const newChecker = () =>
    new Checker({
      stores: { hosted: bench.store, cache: bench.cache },
      journal: bench.journal,
      blobs: bench.blobs,
      table,
      commit: bench.commit,
      adopt: (root, stored) => bench.reindexer.adopt(root, stored),
      isReadOnly: false,
      isIndexing: () => bench.reindexer.isRunning,
      maxBytesPerSecond: Infinity,
      intervalMs: undefined,
      metrics: new Metrics(() => []),
      log: createLogger('silent'),
    })
  return { ...bench, table, newChecker }
}

it('a check that was cut off goes on where it was', async () => {
  const { table, newChecker } = await bench()
  table.setPosition(2)
  expect(await newChecker().run({ ...ALL, isResumed: true })).toMatchObject({ blobs: 1, found: 0 })
  expect(table.position).toBe(0)
  table.setPosition(2)
  expect(await newChecker().run(ALL)).toMatchObject({ blobs: 3, read: 3, found: 0 })
})

it('one check runs at a time, and ends with the server', async () => {
  const { store, newChecker } = await bench()
  const checker = newChecker()
  const first = checker.run(ALL)
  await expect(checker.run(ALL)).rejects.toMatchObject({ code: 'busy' })
  await first
  const { promise, resolve } = Promise.withResolvers<void>()
  const stat = store.stat.bind(store)
  vi.spyOn(store, 'stat').mockImplementationOnce(async (key) => {
    await promise
    return await stat(key)
  })
  const second = checker.run(ALL)
  const closed = checker.close()
  resolve()
  await expect(second).rejects.toThrow('the server stops')
  await closed
})

it('what is deleted while it is looked at is no fault', async () => {
  const { blobs, store, unpublisher, newChecker } = await bench()
  const stat = store.stat.bind(store)
  vi.spyOn(store, 'stat').mockImplementationOnce(async (key) => {
    await unpublisher.delete('pa')
    return await stat(key)
  })
  expect(await newChecker().run({ ...ALL, isRepair: true })).toMatchObject({ found: 0 })
  expect(blobs.totals('hosted').blobs).toBe(2)
})

it('a disk that fails is told of, and nothing is repaired for that', async () => {
  const { blobs, store, newChecker } = await bench()
  vi.spyOn(store, 'open').mockRejectedValueOnce(new Error('EIO'))
  const result = await newChecker().run({ ...ALL, isRepair: true })
  expect(result).toMatchObject({ found: 1, unrepaired: 1, findings: [{ kind: 'unreadable' }] })
  expect(blobs.totals('hosted').blobs).toBe(3)
})

it('a package whose file was quarantined can still be deleted, and its bytes uploaded anew', async () => {
  const bench_ = await bench()
  const { root, blobs, files, newChecker, unpublisher } = bench_
  const [path = ''] = files()
  writeFileSync(join(root, path), 'X')
  expect(await newChecker().run({ ...ALL, isRepair: true })).toMatchObject({
    found: 1,
    unrepaired: 0,
    findings: [{ kind: 'rotten', key: path, repair: 'quarantined' }],
  })
  expect(await publishMade(bench_, 'q', [{ content: 'a', ids: 'a' }])).toEqual(['stored'])
  await unpublisher.delete('pa')
  expect(blobs.totals('hosted').blobs).toBe(3)
  rmSync(join(root, path))
  expect(await newChecker().run({ ...ALL, isRepair: true })).toMatchObject({ unrepaired: 0 })
  await unpublisher.delete('q')
  expect(files()).toHaveLength(2)
})
