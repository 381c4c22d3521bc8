import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { BlobTable } from '../../src/db/blob-table.ts'
import { HostedNameTable } from '../../src/db/hosted-name-table.ts'
import { MissTable } from '../../src/db/miss-table.ts'
import { Semaphore } from '../../src/lib/semaphore.ts'
import { FillService, type FillOutcome } from '../../src/lookup/fill-service.ts'
import { MissMemory } from '../../src/lookup/miss-memory.ts'
import { LocalStore } from '../../src/storage/local-store.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'
import type { Upstream } from '../../src/upstream/upstream.ts'
import { listFiles } from './list-files.ts'
import { tempDir } from './temp-dir.ts'
import { testDatabase } from './test-database.ts'

/** A fill service over a real store and database. */
export async function fillBench(
  upstreams: readonly Upstream[],
  { maxFills = 8, maxBytes = Infinity } = {},
) {
  const root = tempDir()
  const store = await LocalStore.open(root)
  const database = testDatabase()
  const blobs = new BlobTable(database)
  const hostedNames = new HostedNameTable(database)
  const misses = new MissMemory({
    table: new MissTable(database),
    forgetAfterMs: Infinity,
    maxEntries: 1000,
  })
  const counted: string[] = []
  const fills = new FillService({
    upstreams,
    hostedNames,
    misses,
    permits: new Semaphore(maxFills),
    store,
    staging: await store.stage('fills'),
    blobs,
    maxBytes,
    count: (event) => void counted.push(event),
    metrics: new Metrics(() => []),
    log: createLogger('silent'),
  })
  return {
    fills,
    blobs,
    hostedNames,
    misses,
    store,
    counted,
    /** What is cached, as paths. */
    cached: () => listFiles(root).filter((path) => !path.startsWith('.symgate')),
    /** What is being received. */
    staged: () => readdirSync(join(root, '.symgate/staging/fills')),
  }
}

/** The bytes of a fill, read to its end. */
export async function readFill(outcome: FillOutcome): Promise<Buffer> {
  if (outcome.kind !== 'fill') throw new Error(`there is no fill: ${outcome.reason}`)
  const { file } = outcome.fill
  if (!file.join()) throw new Error('the fill is over')
  try {
    const parts: Buffer[] = []
    for (let position = 0; ;) {
      const buffer = Buffer.alloc(65_536)
      const count = await file.read(buffer, position)
      if (count === 0) return Buffer.concat(parts)
      parts.push(buffer.subarray(0, count))
      position += count
    }
  } finally {
    await file.leave()
  }
}
