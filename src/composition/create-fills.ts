import type { CabinetThreads } from '../cabinet/cabinet-threads.ts'
import type { Config } from '../config/config.ts'
import type { createUpstreams } from './create-upstreams.ts'
import type { DataFolder } from './data-folder.ts'
import { FairSemaphore } from '../lib/fair-semaphore.ts'
import { Semaphore } from '../lib/semaphore.ts'
import { CacheEvictor } from '../lookup/cache-evictor.ts'
import type { DerivedFiles } from '../lookup/derived-files.ts'
import { FillArrivals } from '../lookup/fill-arrivals.ts'
import { FillService } from '../lookup/fill-service.ts'
import { FillSpool } from '../lookup/fill-spool.ts'
import { NewPathQuota } from '../lookup/new-path-quota.ts'
import { ReadTracker } from '../lookup/read-tracker.ts'
import type { Notifier } from '../notify/notifier.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { watchSpace } from './watch-space.ts'

/** Fills that wait for their turn before further requests are answered «trouble». */
const MAX_WAITING_FILLS = 10_000

/** Cabinets that are decompressed at once while they come from upstreams. */
const MAX_FILLED_CABINETS = 8

/** What the filling of the cache stands on. */
export interface FillParts {
  readonly cabinets: CabinetThreads
  readonly derived: DerivedFiles
  readonly upstreams: ReturnType<typeof createUpstreams>
  /** Told of what had been missing. */
  readonly notifier: Notifier
  readonly metrics: Metrics
  readonly log: Logger
}

/** Puts together what fills the cache from upstreams, reads it and keeps it within its bounds. */
export async function createFills(
  config: Config,
  data: DataFolder,
  { cabinets, derived, upstreams, notifier, metrics, log }: FillParts,
) {
  const { cache, blobs } = data
  const space = watchSpace(config, 'cache', log)
  const reads = new ReadTracker(cache)
  const evictor = new CacheEvictor({
    blobs,
    uses: data.uses,
    store: cache,
    reads,
    derived,
    ...config.cache,
    space,
    metrics,
    log,
  })
  const arrivals = new FillArrivals({
    missing: data.missing,
    found: (upstream, records) => notifier.fillsFound(upstream, records),
    failed: (err) => log.error({ err }, 'missing files could not be marked as found'),
  })
  const fills = new FillService({
    cabinets,
    cabinetPermits: new Semaphore(MAX_FILLED_CABINETS),
    upstreams: () => upstreams.registry.active(),
    policy: upstreams.policy,
    history: data.upstreamHistory,
    permits: new FairSemaphore(config.limits.maxConcurrentFills, { maxWaiting: MAX_WAITING_FILLS }),
    newPaths: new NewPathQuota({
      maxPaths: config.limits.maxNewPathsPerClient,
      exceeded: (client) => log.warn({ client }, 'client asks for too many unknown paths'),
    }),
    store: cache,
    staging: await cache.stage('fills'),
    blobs,
    spool: new FillSpool(space),
    maxBytes: config.limits.maxFillBytes,
    onKept: (identities, upstream) => {
      evictor.grown()
      arrivals.note(identities, upstream)
    },
    onDropped: () => void evictor.sweep(),
    metrics,
    log,
  })
  return { space, reads, evictor, fills, arrivals }
}
