/** What a fuzzing thread is to do. */
export interface FuzzJob {
  readonly target: string
  readonly seed: string
  readonly seconds: number
  /** For files that the target needs. */
  readonly folder: string
  /** One 32-bit number: the round that the thread is at, to be read by whoever watches it. */
  readonly progress: SharedArrayBuffer
}

/** How it ended: at `round`, because of the problems if there are any, of time otherwise. */
export interface FuzzResult {
  readonly round: number
  readonly problems: readonly string[]
}

/** Seeds are no longer than what has to be done within a second. */
export const MAX_SEED_BYTES = 1 << 20
