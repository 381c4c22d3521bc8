import type * as z from 'zod'
import type { UpstreamRules } from '../upstream/upstream-rules.ts'
import type { schema } from './schema.ts'

type Settings = z.output<typeof schema>

/** Asked after the servers of the house, which are told nothing new by a question. */
const PUBLIC_PRIORITY = 0
const PRIORITY = 10

/** The rules of an upstream; what it does not say itself follows the global settings. */
export function buildRules(
  upstream: Settings['upstreams'][number],
  global: Pick<Settings, 'skip' | 'breaker'>,
): UpstreamRules {
  const { skip, breaker } = upstream
  const forgetAfterMs = skip.forget_after ?? global.skip.forget_after
  return {
    priority: upstream.priority ?? (upstream.public ? PUBLIC_PRIORITY : PRIORITY),
    kinds: upstream.kinds,
    requireChecksum: upstream.require_checksum,
    allowlistEnabled: upstream.allowlist_enabled,
    allowlist: upstream.allowlist,
    blocklist: upstream.blocklist,
    skip: {
      afterFailedFills: skip.after_failed_fills ?? global.skip.after_failed_fills,
      forgetAfterMs: forgetAfterMs === 0 ? Number.POSITIVE_INFINITY : forgetAfterMs,
    },
    breaker: {
      failures: breaker.failures ?? global.breaker.failures,
      windowMs: breaker.window ?? global.breaker.window,
      pauseMs: breaker.pause ?? global.breaker.pause,
    },
  }
}
