import * as z from 'zod'
import { leaves } from './leaves.ts'
import { notifySchema } from './notify-schema.ts'
import { pointerRoots } from './pointer-roots-schema.ts'
import { storeSchema } from './store-schema.ts'
import { upstreamsSchema } from './upstreams-schema.ts'

const onConflict = z.enum(['keep', 'replace']).prefault('keep')

/**
 * Schema of all settings as people write them, with their defaults; `docs/configuration.md` lists the same.
 * Keys whose feature does not exist are unknown here, so that nobody relies on a setting without effect.
 */
export const schema = z.strictObject({
  listen: leaves.listen.prefault('127.0.0.1:8080'),
  data: leaves.folder.prefault('./storage'),
  public_url: leaves.httpUrl.optional(),
  admin_token_file: leaves.file.optional(),
  trusted_proxies: z.array(leaves.network).prefault([]),
  store: storeSchema.prefault({}),
  cache: z
    .strictObject({
      path: leaves.folder.optional(),
      max_size: leaves.size.prefault('50GiB'),
      max_age: leaves.duration.prefault('90d'),
    })
    .prefault({}),
  memory_cache: z
    .strictObject({
      max_size: leaves.size.prefault('64MiB'),
      max_blob: leaves.size.prefault('256KiB'),
    })
    .prefault({}),
  access: z
    .strictObject({
      anonymous_download: leaves.flag.prefault(true),
      anonymous_from: z.array(leaves.network).prefault([]),
      cors_origins: z.array(leaves.origin).prefault([]),
      hosts: z.array(leaves.host).prefault([]),
      read_only_page: leaves.flag.prefault(false),
    })
    .prefault({}),
  serve: z
    .strictObject({
      compressed: leaves.flag.prefault(false),
      http_compression: z.enum(['none', 'text', 'all']).prefault('text'),
      symbol_agent_status: leaves.flag.prefault(false),
    })
    .prefault({}),
  single: z
    .strictObject({
      prefer: z.array(z.enum(['plain', 'compressed', 'sym'])).prefault(['plain', 'sym']),
    })
    .prefault({}),
  uploads: z
    .strictObject({
      on_conflict: onConflict,
      on_conflict_pe: onConflict,
      refused: z
        .strictObject({
          max_entries: leaves.count.prefault(10_000),
          forget_after: leaves.duration.prefault('90d'),
        })
        .prefault({}),
    })
    .prefault({}),
  import: z.strictObject({ pointer_roots: pointerRoots.prefault([]) }).prefault({}),
  limits: z
    .strictObject({
      upload_size: leaves.size.prefault('10GiB'),
      entry_size: leaves.size.prefault('16GiB'),
      expanded_size: leaves.size.prefault('64GiB'),
      entries: leaves.count.prefault(100_000),
      concurrent_uploads: leaves.count.prefault(4),
      concurrent_fills: leaves.count.prefault(32),
      fill_size: leaves.size.prefault('16GiB'),
      min_free_space: leaves.size.prefault('2GiB'),
      new_paths_per_client: leaves.countOrNone.prefault(50_000),
    })
    .prefault({}),
  misses: z
    .strictObject({
      retry_after: leaves.duration.prefault('1h'),
      forget_after: leaves.duration.prefault('24h'),
      max_entries: leaves.count.prefault(1_000_000),
    })
    .prefault({}),
  missing: z
    .strictObject({
      max_entries: leaves.count.prefault(100_000),
      forget_after: leaves.duration.prefault('30d'),
    })
    .prefault({}),
  skip: z
    .strictObject({
      after_failed_fills: leaves.countOrNone.prefault(3),
      forget_after: leaves.duration.prefault('12h'),
    })
    .prefault({}),
  breaker: z
    .strictObject({
      failures: leaves.countOrNone.prefault(5),
      window: leaves.duration.prefault('10m'),
      pause: leaves.duration.prefault('15m'),
    })
    .prefault({}),
  presets: z.enum(['debugger', 'service', 'off']).prefault('debugger'),
  public_names: z.array(z.string().min(1)).prefault([]),
  notify: notifySchema.prefault({}),
  upstreams: upstreamsSchema.prefault([]),
  retention: z
    .strictObject({
      tags: z
        .record(
          z.string(),
          z.strictObject({
            keep_last: leaves.count.optional(),
            max_age: leaves.duration.optional(),
            unused_for: leaves.duration.optional(),
          }),
        )
        .prefault({}),
      max_total: leaves.size.prefault('0'),
      safety_period: leaves.duration.prefault('7d'),
      interval: leaves.timeout.prefault('1h'),
    })
    .prefault({}),
  check: z
    .strictObject({
      max_rate: leaves.size.prefault('100MiB'),
      interval: leaves.timeout.prefault('0'),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).prefault('info'),
    })
    .prefault({}),
})
