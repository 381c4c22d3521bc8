/** What decides how long packages with one kind of tag are kept. */
export interface TagRule {
  /** Pattern with `*` and `?`, compared without case. */
  readonly pattern: string
  /** The newest so many builds of this pattern stay, whatever else the rule says. */
  readonly keepLast: number | undefined
  readonly maxAgeMs: number | undefined
  readonly unusedForMs: number | undefined
}

/** How long packages are kept. */
export interface RetentionRules {
  /** The first whose pattern fits a package's tag decides; a package that none fits stays. */
  readonly tags: readonly TagRule[]
  /** Beyond this the oldest packages go, whatever their tags. Infinity: no limit. */
  readonly maxTotalBytes: number
  /** No package that came less than this ago ever goes. */
  readonly safetyPeriodMs: number
}
