/** What a fuzzing process is to do. */
export interface FuzzJob {
  readonly target: string
  readonly seed: string
  readonly seconds: number
  /** For files that the target needs, and the one that tells the round. */
  readonly folder: string
}

/** How it ended: at `round`, because of the problems if there are any, of time otherwise. */
export interface FuzzResult {
  readonly round: number
  readonly problems: readonly string[]
}

/** Seeds are no longer than what has to be done within a second. */
export const MAX_SEED_BYTES = 1 << 20
