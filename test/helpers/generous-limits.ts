import type { ArchiveLimits } from '../../src/archives/archive-limits.ts'

/** Limits that no honest test archive reaches: the defaults of the configuration. */
export const generousLimits: ArchiveLimits = {
  maxEntries: 100_000,
  maxEntryBytes: 16 * 1024 ** 3,
  maxExpandedBytes: 64 * 1024 ** 3,
}
