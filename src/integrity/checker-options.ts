import type { BlobTable, Root } from '../db/blob-table.ts'
import type { CheckTable } from '../db/check-table.ts'
import type { Semaphore } from '../lib/semaphore.ts'
import type { BlobStore, StoredBlob } from '../storage/blob-store.ts'
import type { PackageJournal } from '../storage/package-journal.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** What checks stand on. */
export interface CheckerOptions {
  readonly stores: Readonly<Record<Root, BlobStore>>
  readonly journal: PackageJournal
  readonly blobs: BlobTable
  readonly table: CheckTable
  /** Held while packages are published and deleted. */
  readonly commit: Semaphore
  /** Takes a file into the index; whether it could. */
  readonly adopt: (root: Root, stored: StoredBlob) => Promise<boolean>
  /** Whether the index is being rebuilt now. */
  readonly isIndexing: () => boolean
  /** Whether the hosted store may not be written. */
  readonly isReadOnly: boolean
  readonly maxBytesPerSecond: number
  /** How often a check begins by itself; undefined: never. */
  readonly intervalMs: number | undefined
  readonly metrics: Metrics
  readonly log: Logger
}
