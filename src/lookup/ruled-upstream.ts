import type { UpstreamRules } from '../upstream/upstream-rules.ts'
import type { Upstream } from '../upstream/upstream.ts'
import { NamePatterns } from './name-patterns.ts'

/** An upstream and what it may be asked for. */
export interface RuledUpstream {
  readonly upstream: Upstream
  /** What fails together with it. */
  readonly host: string
  readonly rules: UpstreamRules
  readonly allowed: NamePatterns
  readonly blocked: NamePatterns
}

/** Puts an upstream under its rules. */
export function ruledUpstream(
  upstream: Upstream,
  host: string,
  rules: UpstreamRules,
): RuledUpstream {
  return {
    upstream,
    host,
    rules,
    allowed: new NamePatterns(rules.allowlist),
    blocked: new NamePatterns(rules.blocklist),
  }
}
