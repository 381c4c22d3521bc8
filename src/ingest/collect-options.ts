import type { ArchiveLimits } from '../archives/archive-limits.ts'
import type { ArchiveTools } from '../archives/tools/archive-tools.ts'
import type { CabinetThreads } from '../cabinet/cabinet-threads.ts'
import type { StagingFolder } from '../storage/blob-store.ts'

/** What the reading of an upload stands on. */
export interface CollectOptions {
  readonly folder: StagingFolder
  readonly limits: ArchiveLimits
  readonly cabinets: CabinetThreads
  /** The optional programs that are there. */
  readonly tools: ArchiveTools
  /** Called between two files, and before so many bytes are written; what it rejects with ends the reading. */
  readonly proceed?: ((bytes: number) => Promise<void>) | undefined
}
