import { z } from '@hono/zod-openapi'
import { formatDuration } from '../../lib/format-duration.ts'
import type { BreakerState } from '../../lookup/breaker.ts'
import type { RegisteredUpstream, UpstreamSpec } from '../../lookup/upstream-registry.ts'

/** How the API shows an upstream: the keys of the configuration, without secrets, and its state. */
export const upstreamSchema = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    origin: z.enum(['file', 'preset', 'api']),
    read_only: z.boolean().openapi({ description: 'set in the configuration file' }),
    enabled: z.boolean(),
    type: z.string(),
    public: z.boolean(),
    priority: z.number().int(),
    allowlist_enabled: z.boolean(),
    state: z.object({
      breaker: z.enum(['closed', 'open', 'probing']),
      failures: z.number().int().openapi({ description: 'counted toward the next pause' }),
      until: z.iso.datetime().nullable().openapi({ description: 'when the pause ends' }),
      cause: z.string().nullable(),
    }),
  })
  .openapi('Upstream')

/** The upstream as the API shows it. */
export function shownUpstream(
  { origin, spec, createdAtMs }: RegisteredUpstream,
  state: BreakerState,
): z.input<typeof upstreamSchema> {
  const { name, enabled, type, layout, casing, concurrency, attempts, misses, rules } = spec
  return {
    id: name,
    name,
    origin,
    read_only: origin === 'file',
    enabled,
    type,
    ...place(spec),
    public: spec.public,
    layout,
    casing,
    priority: rules.priority,
    kinds: rules.kinds,
    require_checksum: rules.requireChecksum,
    allowlist_enabled: rules.allowlistEnabled,
    allowlist: rules.allowlist.length,
    blocklist: rules.blocklist.length,
    concurrency,
    attempts,
    misses: { retry_after: formatDuration(misses.retryAfterMs) },
    skip: {
      after_failed_fills: rules.skip.afterFailedFills,
      forget_after: formatDuration(rules.skip.forgetAfterMs),
    },
    breaker: {
      failures: rules.breaker.failures,
      window: formatDuration(rules.breaker.windowMs),
      pause: formatDuration(rules.breaker.pauseMs),
    },
    ...network(spec),
    created: new Date(createdAtMs).toISOString(),
    state: {
      breaker: state.kind,
      failures: state.kind === 'closed' ? state.failures : 0,
      until: state.kind === 'open' ? new Date(state.untilMs).toISOString() : null,
      cause: state.kind === 'closed' ? null : state.cause,
    },
  }
}

function place(spec: UpstreamSpec): object {
  switch (spec.type) {
    case 'http':
    case 'debuginfod':
      return { url: spec.url }
    case 's3':
      return {
        bucket: spec.bucket,
        prefix: spec.prefix,
        region: spec.region,
        endpoint: spec.endpoint ?? null,
        force_path_style: spec.forcePathStyle,
      }
    case 'gcs':
      return { bucket: spec.bucket, prefix: spec.prefix, endpoint: spec.endpoint }
    case 'directory':
      return { path: spec.path }
  }
}

function network(spec: UpstreamSpec): object {
  if (spec.type === 'directory') return {}
  const { timeouts, proxy, userAgent } = spec
  return {
    user_agent: userAgent,
    timeouts: {
      connect: formatDuration(timeouts.connectMs),
      first_byte: formatDuration(timeouts.firstByteMs),
      idle: formatDuration(timeouts.idleMs),
      total: formatDuration(timeouts.totalMs),
    },
    proxy: proxy === undefined ? null : { url: proxy.url, username: proxy.username ?? null },
    allow_private_addresses: spec.allowPrivateAddresses,
    credentials: shownCredentials(spec.credentials),
  }
}

/** What of credentials is no secret. */
function shownCredentials(
  credentials: Exclude<UpstreamSpec, { type: 'directory' }>['credentials'],
): object | null {
  switch (credentials?.kind) {
    case undefined:
      return null
    case 'basic':
      return { kind: 'basic', username: credentials.username }
    case 'keys':
      return { kind: 'keys', access_key_id: credentials.accessKeyId }
    case 'bearer':
    case 'service-account':
      return { kind: credentials.kind }
  }
}
