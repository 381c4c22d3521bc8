import type { RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { SessionService } from './access/session-service.ts'
import { describeTools } from './archives/tools/describe-tools.ts'
import { probeArchiveTools } from './archives/tools/probe-archive-tools.ts'
import { CabinetThreads } from './cabinet/cabinet-threads.ts'
import type { Config } from './config/config.ts'
import { createAdministration } from './composition/create-administration.ts'
import { createChecker } from './composition/create-checker.ts'
import { createDownloads } from './composition/create-downloads.ts'
import { createFills } from './composition/create-fills.ts'
import { createSweeper } from './composition/create-sweeper.ts'
import type { Setting } from './config/setting.ts'
import { createUpstreams } from './composition/create-upstreams.ts'
import type { DataFolder } from './composition/data-folder.ts'
import { createNotifier } from './composition/create-notifier.ts'
import { createUploads } from './composition/create-uploads.ts'
import { startSweeps } from './composition/start-sweeps.ts'
import { FailedChecks } from './access/failed-checks.ts'
import { BreakpadHandler } from './http/upload/breakpad-handler.ts'
import { createControl } from './http/control.ts'
import { CrossOrigin } from './http/download/cross-origin.ts'
import { KnownHosts } from './http/known-hosts.ts'
import { TokenGate } from './http/token-gate.ts'
import { UploadHandler } from './http/upload/upload-handler.ts'
import { createListener } from './http/listener.ts'
import { OwnAddress } from './http/own-address.ts'
import { randomBase32 } from './lib/random-base32.ts'
import { Networks } from './lib/networks.ts'
import { DerivedFiles } from './lookup/derived-files.ts'
import { Lookup } from './lookup/lookup.ts'
import { PrefetchQueue } from './lookup/prefetch-queue.ts'
import { Statistics } from './stats/statistics.ts'
import type { Logger } from './telemetry/logger.ts'
import { Metrics } from './telemetry/metrics.ts'

/** Wrong tokens of one address that are answered at once: an old one in a build agent, for one. */
const FREE_FAILURES = 10

/** The server's parts, put together. */
export interface App {
  readonly listener: RequestListener
  /** Answers commands on the control socket. */
  readonly control: RequestListener
  /** Lets running fills end within the bound and stops everything that runs by itself. */
  close(graceMs: number): Promise<void>
}

/** Builds the server over an open data folder; `settings` tells people where the configuration comes from. */
export async function createApp(
  config: Config,
  settings: readonly Setting[],
  data: DataFolder,
  log: Logger,
): Promise<App> {
  const { blobs, missing, tokens, reindexer } = data
  const metrics = new Metrics(() => data.counters.all())
  const sessions = new SessionService({ tokens })
  const statistics = new Statistics({ table: data.activity, metrics })
  const upstreams = createUpstreams(config, data, log)
  const notifier = createNotifier(config, { table: data.notifications, metrics, log })
  notifier.start()
  const cabinets = new CabinetThreads()
  const derived = new DerivedFiles({ store: data.derived, blobs })
  const { space, reads, evictor, fills, arrivals } = await createFills(config, data, {
    cabinets,
    derived,
    upstreams,
    notifier,
    metrics,
    log,
  })
  const trustedProxies = new Networks(config.trustedProxies)
  const address = new OwnAddress({ publicUrl: config.publicUrl, trustedProxies })
  const gate = new TokenGate({
    tokens,
    failures: new FailedChecks({ freeFailures: FREE_FAILURES }),
    trustedProxies,
  })
  const crossOrigin = new CrossOrigin(config.access.corsOrigins)
  const isIndexComplete = (): boolean => !reindexer.isRunning
  const instance = randomBase32(16)
  const lookup = new Lookup({ blobs, fills, isIndexComplete })
  const prefetch = new PrefetchQueue({
    table: data.prefetch,
    lookup,
    via: `1.1 symgate-${instance}`,
    log,
  })
  const symbols = createDownloads(config, data, {
    lookup,
    reads,
    derived,
    gate,
    sessions,
    crossOrigin,
    instance,
    metrics,
    log,
  })
  const tools = await probeArchiveTools()
  log.info({ tools: describeTools(tools) }, 'optional tools')
  const uploads = createUploads(config, data, { cabinets, tools, notifier, metrics, log })
  const uploadHandler = new UploadHandler({
    ingest: uploads.ingest,
    asyncUploads: uploads.asyncUploads,
    recorder: uploads.recorder,
    gate,
    sessions,
    maxUploadBytes: config.limits.maxUploadBytes,
    metrics,
    log,
  })
  const breakpad = new BreakpadHandler({
    held: uploads.held,
    blobs,
    gate,
    address,
    maxUploadBytes: config.limits.maxUploadBytes,
    metrics,
    log,
  })
  const pages = createAdministration(config, data, {
    settings,
    tools: describeTools(tools),
    fills,
    cacheSpace: space,
    prefetch,
    upstreams,
    uploads,
    statistics,
    isIndexComplete,
    gate,
    sessions,
    address,
    metrics,
    log,
  })
  const stopSweeps = startSweeps(data, { derived, evictor, statistics, uploads, log })
  prefetch.start()
  if (data.reindexNeeded) {
    reindexer.run({ resume: true }).catch((err: unknown) => log.error({ err }, 'reindex failed'))
  } else {
    reindexer
      .adoptCached()
      .catch((err: unknown) => log.error({ err }, 'the cache could not be looked through'))
  }
  if (config.store.type === 's3' && config.store.readOnly)
    data.follower.start(config.store.followMs)
  const sweeper = createSweeper(config, data, { metrics, log })
  const checker = createChecker(config, data, { metrics, log })
  if (!data.hostedStore.isReadOnly) sweeper.start()
  checker.start()
  const answerControl = toListener(
    createControl({ tokens, reindexer, importer: uploads.importer, sweeper, checker, log }),
  )
  return {
    listener: createListener({
      hosts: new KnownHosts(config.access.hosts),
      trustedProxies,
      crossOrigin,
      symbols,
      uploads: uploadHandler,
      breakpad,
      pages: toListener(pages),
      metrics,
      log,
    }),
    control: (request, response) => void answerControl(request, response),
    async close(graceMs) {
      stopSweeps()
      const prefetched = prefetch.close()
      await Promise.all([
        data.follower.close(),
        fills.close(graceMs),
        uploads.close(graceMs),
        reindexer.close(),
        sweeper.close(),
        checker.close(),
      ])
      await arrivals.flush()
      await notifier.close()
      await missing.flush()
      await statistics.close()
      await prefetched
      await evictor.close()
      await derived.close()
      await upstreams.registry.close()
    },
  }
}

function toListener(app: {
  fetch: Parameters<typeof getRequestListener>[0]
}): ReturnType<typeof getRequestListener> {
  return getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    // A target or Host that is no URL leads nowhere, and a debugger takes a 400 for the end of the server.
    errorHandler: () =>
      new Response(null, { status: 404, headers: { 'cache-control': 'no-store' } }),
  })
}
