import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import type * as z from 'zod'
import { buildStore } from './build-store.ts'
import { buildPointerRoots } from './build-pointer-roots.ts'
import { buildRules } from './build-rules.ts'
import { buildUpstream } from './build-upstream.ts'
import type { Config } from './config.ts'
import { configError } from './config-error.ts'
import type { schema } from './schema.ts'
import { orUndefined } from './or-undefined.ts'

type Settings = z.output<typeof schema>

/**
 * Turns checked settings into the configuration: names and units as the code has them, paths absolute, defaults
 * that follow other settings. `folderOf` gives the folder that a relative path of a setting starts from. Throws
 * `config_invalid` when store and cache are not apart.
 */
export function buildConfig(
  settings: Settings,
  folderOf: (path: readonly (string | number)[]) => string,
): Config {
  const data = resolve(folderOf(['data']), settings.data)
  const { limits, misses, memory_cache: memory } = settings
  const skip = {
    afterFailedFills: settings.skip.after_failed_fills,
    forgetAfterMs: orInfinity(settings.skip.forget_after),
  }
  const breaker = {
    failures: settings.breaker.failures,
    windowMs: settings.breaker.window,
    pauseMs: settings.breaker.pause,
  }
  return {
    listen: settings.listen,
    data,
    publicUrl: settings.public_url,
    ...stores(settings, data, folderOf),
    memoryCache: { maxBytes: memory.max_size, maxBlobBytes: memory.max_blob },
    adminTokenFile:
      settings.admin_token_file === undefined
        ? undefined
        : resolve(folderOf(['admin_token_file']), settings.admin_token_file),
    trustedProxies: settings.trusted_proxies,
    access: {
      anonymousDownload: settings.access.anonymous_download,
      anonymousFrom: settings.access.anonymous_from,
      corsOrigins: settings.access.cors_origins,
      hosts: settings.access.hosts,
      readOnlyPage: settings.access.read_only_page,
    },
    serve: {
      compressed: settings.serve.compressed,
      httpCompression: settings.serve.http_compression,
      symbolAgentStatus: settings.serve.symbol_agent_status,
    },
    single: { prefer: preferredForms(settings) },
    uploads: {
      onConflict: settings.uploads.on_conflict,
      onConflictPe: settings.uploads.on_conflict_pe,
      refused: {
        maxEntries: settings.uploads.refused.max_entries,
        forgetAfterMs: orInfinity(settings.uploads.refused.forget_after),
      },
    },
    import: {
      pointerRoots: buildPointerRoots(settings.import.pointer_roots, (path) =>
        folderOf(['import', ...path]),
      ),
    },
    limits: {
      maxUploadBytes: orInfinity(limits.upload_size),
      maxEntryBytes: orInfinity(limits.entry_size),
      maxExpandedBytes: orInfinity(limits.expanded_size),
      maxEntries: limits.entries,
      maxConcurrentUploads: limits.concurrent_uploads,
      maxConcurrentFills: limits.concurrent_fills,
      maxFillBytes: orInfinity(limits.fill_size),
      minFreeBytes: limits.min_free_space,
      maxNewPathsPerClient: orInfinity(limits.new_paths_per_client),
    },
    misses: {
      retryAfterMs: misses.retry_after,
      forgetAfterMs: orInfinity(misses.forget_after),
      maxEntries: misses.max_entries,
    },
    missing: {
      maxEntries: settings.missing.max_entries,
      forgetAfterMs: orInfinity(settings.missing.forget_after),
    },
    notify: {
      email: settings.notify.email,
      webhook: settings.notify.webhook.map(({ url, secret, events }) => ({ url, secret, events })),
    },
    skip,
    breaker,
    presets: settings.presets,
    publicNames: settings.public_names,
    upstreams: settings.upstreams.map((upstream, index) => ({
      ...buildUpstream(upstream, {
        missRetryAfterMs: misses.retry_after,
        folderOf: (path) => folderOf(['upstreams', index, ...path]),
      }),
      rules: buildRules(upstream, { skip, breaker }),
    })),
    retention: buildRetention(settings.retention),
    check: {
      maxBytesPerSecond: orInfinity(settings.check.max_rate),
      intervalMs: orUndefined(settings.check.interval),
    },
    log: settings.log,
  }
}

function stores(
  settings: Settings,
  data: string,
  folderOf: (path: readonly (string | number)[]) => string,
): Pick<Config, 'store' | 'cache'> {
  const { store, cache } = settings
  const storePath =
    store.path === undefined
      ? join(data, 'symbols')
      : resolve(folderOf(['store', 'path']), store.path)
  const cachePath =
    cache.path === undefined
      ? join(data, 'cache')
      : resolve(folderOf(['cache', 'path']), cache.path)
  // A cache inside the hosted tree would be exported and taken for hosted files, and the reverse be evicted.
  const isApart =
    store.type !== 'local' || (!contains(storePath, cachePath) && !contains(cachePath, storePath))
  if (!isApart) {
    throw configError(
      `cache.path is ${JSON.stringify(cachePath)} and store.path ${JSON.stringify(storePath)}; ` +
        'allowed: two folders, neither inside the other',
    )
  }
  return {
    store: buildStore(store, storePath),
    cache: {
      path: cachePath,
      maxBytes: orInfinity(cache.max_size),
      maxAgeMs: orInfinity(cache.max_age),
    },
  }
}

function preferredForms({ single, serve }: Settings): Config['single']['prefer'] {
  const { prefer } = single
  if (serve.compressed || !prefer.includes('compressed')) return prefer
  throw configError(
    'single.prefer has "compressed"; allowed without serve.compressed: true: plain or sym',
  )
}

function buildRetention(retention: Settings['retention']): Config['retention'] {
  return {
    tags: Object.entries(retention.tags).map(([pattern, rule]) => ({
      pattern,
      keepLast: rule.keep_last,
      maxAgeMs: orUndefined(rule.max_age ?? 0),
      unusedForMs: orUndefined(rule.unused_for ?? 0),
    })),
    maxTotalBytes: orInfinity(retention.max_total),
    safetyPeriodMs: retention.safety_period,
    intervalMs: orUndefined(retention.interval),
  }
}

function contains(outer: string, inner: string): boolean {
  const way = relative(outer, inner)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** 0 is how settings write "no limit". */
function orInfinity(limit: number): number {
  return limit === 0 ? Number.POSITIVE_INFINITY : limit
}
