import type { Finding } from './finding.ts'

/** What a check is to do. */
export interface CheckRequest {
  readonly isRepair: boolean
  /** The share of blobs whose bytes are read, from 0 to 1; sizes are compared of all. */
  readonly sample: number
  /** Goes on where the last check was cut off. */
  readonly isResumed: boolean
}

/** What a check came to. */
export interface CheckResult {
  /** Blobs looked at, and those whose bytes were read. */
  readonly blobs: number
  readonly read: number
  /** All that was found; at most 10 000 are listed. */
  readonly found: number
  readonly unrepaired: number
  readonly findings: readonly Finding[]
}
