/**
 * What is known of a package: `sent` (no answer came), `stored` (acknowledged), `refused`, `going` (its
 * deletion has begun, or a sweep may take it), `gone` (its deletion was acknowledged).
 */
type PackageState = 'sent' | 'stored' | 'refused' | 'going' | 'gone'

/** One upload, as whoever sent it knows it. */
export interface SentPackage {
  readonly files: readonly number[]
  readonly isStrict: boolean
  /** Whether a sweep may take it. */
  readonly isShortLived: boolean
  id: string | undefined
  state: PackageState
}

/** Everything that was sent and asked for, so that it can be held against what the server has. */
export class Ledger {
  readonly packages: SentPackage[] = []
  /** Numbers of files that were asked for and are upstream. */
  readonly fills: number[] = []
  readonly counts = { uploads: 0, refusals: 0, fills: 0, deletions: 0, sweeps: 0, reindexes: 0 }
  #next = 1

  /** A number that no file has. */
  next(): number {
    return this.#next++
  }
}
