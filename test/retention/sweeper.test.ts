import { expect, it, vi } from 'vitest'
import { RetentionTable } from '../../src/db/retention-table.ts'
import { UseTable } from '../../src/db/use-table.ts'
import { AppError } from '../../src/lib/app-error.ts'
import { Sweeper } from '../../src/retention/sweeper.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'
import { ingestBench } from '../helpers/ingest-bench.ts'
import { publishMade } from '../helpers/package-maker.ts'

it('a sweep that meets a rebuild of the index is no fault, and comes again', async () => {
  const bench = await ingestBench()
  await publishMade(bench, 'p0', [{ content: 'a', ids: 'a' }], 'keep', { receivedAtMs: 1 })
  const log = createLogger('silent')
  const [told, failed] = [vi.spyOn(log, 'info'), vi.spyOn(log, 'error')]
  const sweeper = new Sweeper({
    rules: { tags: [], maxTotalBytes: 0, safetyPeriodMs: 0 },
    intervalMs: 1,
    table: new RetentionTable(bench.database),
    blobs: bench.blobs,
    uses: new UseTable(bench.database),
    remove: () => Promise.reject(new AppError('busy', 'the index is being rebuilt')),
    metrics: new Metrics(() => []),
    log,
  })
  sweeper.start()
  await expect.poll(() => told.mock.calls.length).toBeGreaterThan(1)
  await sweeper.close()
  expect(failed).not.toHaveBeenCalled()
})
