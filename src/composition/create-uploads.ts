import type { ArchiveTools } from '../archives/tools/archive-tools.ts'
import type { CabinetThreads } from '../cabinet/cabinet-threads.ts'
import type { Config } from '../config/config.ts'
import type { DataFolder } from './data-folder.ts'
import { watchSpace } from './watch-space.ts'
import { AsyncUploads } from '../ingest/async-uploads.ts'
import { HeldUploads } from '../ingest/held-uploads.ts'
import { Importer } from '../ingest/import/importer.ts'
import { Ingest } from '../ingest/ingest.ts'
import { PackageHolder } from '../ingest/package-holder.ts'
import { PackageRecorder } from '../ingest/package-recorder.ts'
import { PresenceCheck } from '../ingest/presence-check.ts'
import { Semaphore } from '../lib/semaphore.ts'
import type { Notifier } from '../notify/notifier.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** Uploads that wait for their turn, per one that may run, and for how long, before they are told to come again. */
const WAITING_PER_UPLOAD = 4
const UPLOAD_WAIT_MS = 30_000

/** What the taking in of uploads stands on. */
export interface UploadParts {
  readonly cabinets: CabinetThreads
  readonly tools: ArchiveTools
  /** Told of packages; undefined where nobody is to be. */
  readonly notifier: Notifier | undefined
  readonly metrics: Metrics
  readonly log: Logger
}

/** Puts together what takes in uploads, over an open data folder. */
export function createUploads(
  config: Config,
  data: DataFolder,
  { cabinets, tools, notifier, metrics, log }: UploadParts,
) {
  const { packages } = data
  const { maxConcurrentUploads } = config.limits
  const permits = new Semaphore(maxConcurrentUploads, {
    maxWaiting: maxConcurrentUploads * WAITING_PER_UPLOAD,
    maxWaitMs: UPLOAD_WAIT_MS,
    setting: 'limits.concurrent_uploads',
  })
  const recorder = new PackageRecorder({
    packages,
    missing: data.missing,
    finished: (record, found) => notifier?.packageFinished(record, found),
    log,
  })
  const space = watchSpace(config, 'store', log)
  const ingest = new Ingest({
    store: data.hosted,
    cache: data.cache,
    blobs: data.blobs,
    holdings: data.holdings,
    publisher: data.publisher,
    unpublisher: data.unpublisher,
    recorder,
    permits,
    commit: data.commit,
    limits: config.limits,
    space,
    cabinets,
    tools,
    onConflict: config.uploads.onConflict,
    onConflictPe: config.uploads.onConflictPe,
    count: (event, amount) => data.counters.add(event, amount),
    metrics,
    log,
  })
  const asyncUploads = new AsyncUploads({ ingest, recorder, permits, metrics, log })
  const held = new HeldUploads({ ingest, recorder, permits })
  const importer = new Importer({
    ingest,
    imports: data.imports,
    pointerRoots: config.import.pointerRoots,
    maxEntryBytes: config.limits.maxEntryBytes,
    ownFolders: ownFolders(config),
  })
  const presence = new PresenceCheck({ blobs: data.blobs, store: data.hosted })
  const holder = new PackageHolder({
    store: data.hosted,
    presence,
    publisher: data.publisher,
    unpublisher: data.unpublisher,
    recorder,
    commit: data.commit,
  })
  const { maxEntries, forgetAfterMs } = config.uploads.refused
  return {
    /** What is free where uploads go. */
    space,
    recorder,
    ingest,
    asyncUploads,
    held,
    importer,
    presence,
    holder,
    /** Forgets refused uploads that are too old or too many, and gives up those that are not completed. */
    async sweep(): Promise<void> {
      await held.sweep()
      await packages.sweepRefused(Date.now() - forgetAfterMs, maxEntries)
    },
    async close(graceMs: number): Promise<void> {
      importer.close()
      await Promise.all([asyncUploads.close(graceMs), ingest.close(graceMs)])
    },
  }
}

function ownFolders({ data, store, cache }: Config): readonly string[] {
  return store.type === 'local' ? [store.path, cache.path] : [data, cache.path]
}
