import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { SessionService } from './access/session-service.ts'
import { describeTools } from './archives/tools/describe-tools.ts'
import { probeArchiveTools } from './archives/tools/probe-archive-tools.ts'
import { CabinetThreads } from './cabinet/cabinet-threads.ts'
import type { Config } from './config/config.ts'
import { createFills } from './composition/create-fills.ts'
import { createChecker } from './composition/create-checker.ts'
import { createSweeper } from './composition/create-sweeper.ts'
import type { Setting } from './config/setting.ts'
import { createUpstreams } from './composition/create-upstreams.ts'
import type { DataFolder } from './composition/data-folder.ts'
import { createNotifier } from './composition/create-notifier.ts'
import { createUploads } from './composition/create-uploads.ts'
import { createApi } from './http/api/create-api.ts'
import { FailedChecks } from './access/failed-checks.ts'
import { BreakpadHandler } from './http/upload/breakpad-handler.ts'
import { CompressedContents } from './http/download/compressed-contents.ts'
import { createControl } from './http/control.ts'
import { CrossOrigin } from './http/download/cross-origin.ts'
import { DownloadAccess } from './http/download/download-access.ts'
import { KnownHosts } from './http/known-hosts.ts'
import { TokenGate } from './http/token-gate.ts'
import { UploadHandler } from './http/upload/upload-handler.ts'
import { createListener } from './http/listener.ts'
import { OwnAddress } from './http/own-address.ts'
import { createPages } from './http/pages.ts'
import { SymbolHandler } from './http/download/symbol-handler.ts'
import { createUi } from './http/ui/create-ui.tsx'
import { BufferPool } from './lib/buffer-pool.ts'
import { randomBase32 } from './lib/random-base32.ts'
import { Networks } from './lib/networks.ts'
import { DerivedFiles } from './lookup/derived-files.ts'
import { Lookup } from './lookup/lookup.ts'
import { PrefetchQueue } from './lookup/prefetch-queue.ts'
import { SingleForm } from './lookup/single-form.ts'
import { Statistics } from './stats/statistics.ts'
import type { Logger } from './telemetry/logger.ts'
import { Metrics } from './telemetry/metrics.ts'
import { VERSION } from './version.ts'

/**
 * Memory for read buffers of all downloads together. Half of it is what one turn of the event loop may hand to
 * the system: with four times as much, small hits beside 64 large downloads took two to six times as long
 * (`npm run bench -- load`).
 */
const READ_BUFFER_BYTES = 16 << 20

/** How often old misses are looked for. */
const SWEEP_MS = 60_000

/** How often cabinets and gzip twins of files that have gone are looked for: they only take room. */
const SWEEP_DERIVED_MS = 10 * 60_000

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
  const { hosted, cache, blobs, misses, missing, tokens, reindexer } = data
  const metrics = new Metrics(() => data.counters.all())
  const sessions = new SessionService({ tokens })
  const statistics = new Statistics({ table: data.activity, metrics })
  const upstreams = createUpstreams(config, data, log)
  const notifier = createNotifier(config, { table: data.notifications, metrics, log })
  notifier.start()
  const cabinets = new CabinetThreads()
  const derived = new DerivedFiles({ store: data.derived, blobs })
  const { reads, evictor, fills, arrivals } = await createFills(config, data, {
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
  const symbols = new SymbolHandler({
    lookup,
    single: new SingleForm({ lookup, prefer: config.single.prefer }),
    hosted,
    cache: reads,
    missing,
    uses: data.uses,
    access: new DownloadAccess({
      gate,
      sessions,
      trustedProxies,
      anonymousDownload: config.access.anonymousDownload,
      anonymousFrom: new Networks(config.access.anonymousFrom),
    }),
    trustedProxies,
    variesByOrigin: crossOrigin.varies,
    contentMayChange: config.uploads.onConflict === 'replace',
    serveCompressed: config.serve.compressed,
    symbolAgentStatus: config.serve.symbolAgentStatus,
    compressed: new CompressedContents({
      derived,
      httpCompression: config.serve.httpCompression,
      log,
    }),
    memoryCache: config.memoryCache,
    pool: new BufferPool(READ_BUFFER_BYTES),
    instance,
    metrics,
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
  const readiness = [
    { name: 'store', check: () => data.hostedStore.check() },
    { name: 'cache', check: () => access(config.cache.path, constants.W_OK) },
    { name: 'database', check: async () => void data.database.prepare('SELECT 1').get() },
  ]
  const api = createApi({
    fills,
    serveCompressed: config.serve.compressed,
    isIndexComplete,
    gate,
    tokens,
    history: data.history,
    misses,
    statistics,
    blobs,
    hosted,
    cache,
    settings,
    readiness,
    presence: uploads.presence,
    holder: uploads.holder,
    unpublisher: data.unpublisher,
    packageEditor: data.packageEditor,
    missing,
    upstreams: upstreams.administration,
    prefetch,
    registry: upstreams.registry,
    policy: upstreams.policy,
    skips: data.skips,
    upstreamHistory: data.upstreamHistory,
    symbols: data.symbols,
    notifications: data.notifications,
    tools: describeTools(tools),
    version: VERSION,
    log,
  })
  const ui = createUi({
    api,
    tokens,
    sessions,
    viewersAllowed: config.access.readOnlyPage,
    address,
    trustedProxies,
    log,
  })
  const pages = createPages({
    metrics,
    api,
    ui,
    address,
    tools: describeTools(tools),
    readiness,
    log,
  })
  const sweepDerived = (): void => {
    derived.sweep().catch((err: unknown) => log.error({ err }, 'derived files could not be swept'))
  }
  sweepDerived()
  const sweepers = [
    setInterval(() => {
      misses.sweep().catch((err: unknown) => log.error({ err }, 'misses could not be swept'))
      missing
        .sweep()
        .catch((err: unknown) => log.error({ err }, 'missing files could not be swept'))
      data.upstreamHistory
        .sweep()
        .catch((err: unknown) => log.error({ err }, 'the upstreams’ log could not be swept'))
      uploads.sweep().catch((err: unknown) => log.error({ err }, 'history could not be swept'))
    }, SWEEP_MS).unref(),
    setInterval(sweepDerived, SWEEP_DERIVED_MS).unref(),
    setInterval(() => void evictor.sweep(), SWEEP_MS).unref(),
    setInterval(() => {
      statistics.sweep().catch((err: unknown) => log.error({ err }, 'old statistics stay'))
    }, SWEEP_DERIVED_MS).unref(),
  ]
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
      for (const sweeper of sweepers) clearInterval(sweeper)
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
