import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { CabinetThreads } from '../../src/cabinet/cabinet-threads.ts'
import { BlobTable } from '../../src/db/blob-table.ts'
import { CounterTable } from '../../src/db/counter-table.ts'
import { HostedNameTable } from '../../src/db/hosted-name-table.ts'
import { MissTable } from '../../src/db/miss-table.ts'
import { SkipTable } from '../../src/db/skip-table.ts'
import { UpstreamLogTable } from '../../src/db/upstream-log-table.ts'
import { FairSemaphore } from '../../src/lib/fair-semaphore.ts'
import { FreeSpace } from '../../src/lib/free-space.ts'
import { Semaphore } from '../../src/lib/semaphore.ts'
import { FillSpool } from '../../src/lookup/fill-spool.ts'
import { FillService, type FillOutcome } from '../../src/lookup/fill-service.ts'
import { MissMemory } from '../../src/lookup/miss-memory.ts'
import { NewPathQuota } from '../../src/lookup/new-path-quota.ts'
import { ruledUpstream } from '../../src/lookup/ruled-upstream.ts'
import { SkipList } from '../../src/lookup/skip-list.ts'
import { UpstreamHistory } from '../../src/lookup/upstream-history.ts'
import { UpstreamPolicy } from '../../src/lookup/upstream-policy.ts'
import { LocalStore } from '../../src/storage/local-store.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'
import type { UpstreamRules } from '../../src/upstream/upstream-rules.ts'
import type { Upstream } from '../../src/upstream/upstream.ts'
import { listFiles } from './list-files.ts'
import { tempDir } from './temp-dir.ts'
import { testDatabase } from './test-database.ts'
import { upstreamRules } from './upstream-rules.ts'

const noLimit = new FreeSpace({ path: '/', minBytes: 0 })

interface BenchOptions {
  readonly maxFills?: number
  readonly maxNewPaths?: number
  readonly maxBytes?: number
  /** Of all upstreams; without a priority they are asked in their order. */
  readonly rules?: Partial<UpstreamRules>
  readonly publicNames?: readonly string[]
  readonly now?: () => number
  /** Of the cache's disk. */
  readonly space?: Pick<FreeSpace, 'isLow' | 'minBytes'>
}

/** A fill service over a real store and database. */
export async function fillBench(
  upstreams: readonly Upstream[],
  {
    maxFills = 8,
    maxNewPaths = Infinity,
    maxBytes = Infinity,
    rules,
    publicNames = [],
    now = Date.now,
    space = noLimit,
  }: BenchOptions = {},
) {
  const root = tempDir()
  const dropped: number[] = []
  const store = await LocalStore.open(root)
  const database = testDatabase()
  const blobs = new BlobTable(database)
  const hostedNames = new HostedNameTable(database)
  const misses = new MissMemory({
    table: new MissTable(database),
    forgetAfterMs: Infinity,
    maxEntries: 1000,
  })
  const skips = new SkipList(new SkipTable(database), now)
  const counters = new CounterTable(database)
  const history = new UpstreamHistory({ counters, table: new UpstreamLogTable(database) })
  const policy = new UpstreamPolicy({ blobs, hostedNames, misses, skips, publicNames, now })
  const ruled = upstreams.map((upstream, index) =>
    ruledUpstream(upstream, upstream.name, upstreamRules({ priority: -index, ...rules })),
  )
  const fills = new FillService({
    cabinets: new CabinetThreads(),
    cabinetPermits: new Semaphore(8),
    upstreams: () => ruled,
    policy,
    history,
    permits: new FairSemaphore(maxFills),
    newPaths: new NewPathQuota({ maxPaths: maxNewPaths }),
    store,
    staging: await store.stage('fills'),
    blobs,
    spool: new FillSpool(space),
    maxBytes,
    onKept: () => {},
    onDropped: () => dropped.push(1),
    metrics: new Metrics(() => []),
    log: createLogger('silent'),
  })
  return {
    fills,
    blobs,
    hostedNames,
    misses,
    store,
    skips,
    history,
    policy,
    ruled,
    /** The attempts so far, the newest first. */
    logged: (name: string) => history.find(name, '', Infinity, 1000).map(({ text }) => text),
    /** What is cached, as paths. */
    cached: () => listFiles(root).filter((path) => !path.startsWith('.symgate')),
    /** How many files were not kept. */
    dropped: () => dropped.length,
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
