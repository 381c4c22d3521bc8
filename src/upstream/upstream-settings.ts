/**
 * How one upstream is reached, complete and checked: what the configuration gives and what the management API
 * keeps. Plain values alone, so that it survives JSON; a timeout of "none" is undefined.
 */
export interface UpstreamSettings {
  /** Unique among all upstreams. */
  readonly name: string
  readonly type: 'http'
  /** Absolute http or https URL without query, fragment, user info and trailing slash. */
  readonly url: string
  /** Never asked for names that are or were hosted here. */
  readonly public: boolean
  readonly enabled: boolean
  /** Each fits a timer (at most 2^31 - 1 ms). */
  readonly timeouts: UpstreamTimeouts
  /** How long a «not here» holds; 0: it is asked each time. */
  readonly misses: { readonly retryAfterMs: number }
  readonly userAgent: string
}

/** How long an upstream may take, for each part of one answer. */
interface UpstreamTimeouts {
  /** Until the connection stands. */
  readonly connectMs: number | undefined
  /** From the request to the head of the answer. */
  readonly firstByteMs: number | undefined
  /** Between two pieces of the body. */
  readonly idleMs: number | undefined
  /** For the whole answer. */
  readonly totalMs: number | undefined
}
