import type { UpstreamRules } from '../../src/upstream/upstream-rules.ts'

/** Rules that let everything through, except as said. */
export function upstreamRules(more: Partial<UpstreamRules> = {}): UpstreamRules {
  return {
    priority: 10,
    kinds: [],
    requireChecksum: false,
    allowlistEnabled: false,
    allowlist: [],
    blocklist: [],
    skip: { afterFailedFills: 3, forgetAfterMs: 3_600_000 },
    breaker: { failures: 5, windowMs: 60_000, pauseMs: 60_000 },
    ...more,
  }
}
