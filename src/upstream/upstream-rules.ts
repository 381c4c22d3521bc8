/** Families of files that an upstream can be limited to; `other` is what no identity tells. */
export const FILE_FAMILIES = ['pe', 'pdb', 'elf', 'macho', 'breakpad', 'wasm', 'other'] as const

export type FileFamily = (typeof FILE_FAMILIES)[number]

/** When a file is left alone that failed on an upstream. */
export interface SkipRules {
  /** Fills that have to fail; 0: it is asked for always. */
  readonly afterFailedFills: number
  /** Infinity: until the entry is removed. */
  readonly forgetAfterMs: number
}

/** When a host is left alone that fails. */
export interface BreakerRules {
  /** Failures within the window that pause it; 0: it is never paused. */
  readonly failures: number
  readonly windowMs: number
  readonly pauseMs: number
}

/** What an upstream is asked for, and when. */
export interface UpstreamRules {
  /** Upstreams of the highest number are asked first, equal ones at once. */
  readonly priority: number
  /** What it is asked for; empty for everything. */
  readonly kinds: readonly FileFamily[]
  /** It is asked only for requests that present a `SymbolChecksum`. */
  readonly requireChecksum: boolean
  /** Whether it is asked only for what the allow list names. */
  readonly allowlistEnabled: boolean
  readonly allowlist: readonly string[]
  /** Never asked for. */
  readonly blocklist: readonly string[]
  readonly skip: SkipRules
  readonly breaker: BreakerRules
}
