/** Bounds on what an archive may unfold to; exceeding one ends the reading with `limit_exceeded`. */
export interface ArchiveLimits {
  readonly maxEntries: number
  readonly maxEntryBytes: number
  readonly maxExpandedBytes: number
}
