import type * as z from 'zod'
import type { BreakerRules, SkipRules, UpstreamRules } from '../upstream/upstream-rules.ts'
import type { upstreamSchema } from './upstream-schema.ts'

/** Asked after the servers of the house, which are told nothing new by a question. */
const PUBLIC_PRIORITY = 0
const PRIORITY = 10

/** The rules of an upstream; what it does not say itself follows the global ones. */
export function buildRules(
  upstream: z.output<typeof upstreamSchema>,
  global: { readonly skip: SkipRules; readonly breaker: BreakerRules },
): UpstreamRules {
  const { skip, breaker } = upstream
  return {
    priority: upstream.priority ?? (upstream.public ? PUBLIC_PRIORITY : PRIORITY),
    kinds: upstream.kinds,
    requireChecksum: upstream.require_checksum,
    allowlistEnabled: upstream.allowlist_enabled,
    allowlist: upstream.allowlist,
    blocklist: upstream.blocklist,
    skip: {
      afterFailedFills: skip.after_failed_fills ?? global.skip.afterFailedFills,
      forgetAfterMs: orInfinity(skip.forget_after) ?? global.skip.forgetAfterMs,
    },
    breaker: {
      failures: breaker.failures ?? global.breaker.failures,
      windowMs: breaker.window ?? global.breaker.windowMs,
      pauseMs: breaker.pause ?? global.breaker.pauseMs,
    },
  }
}

/** 0 is how settings write that nothing is forgotten by itself. */
function orInfinity(duration: number | undefined): number | undefined {
  return duration === 0 ? Number.POSITIVE_INFINITY : duration
}
