import type { ArchiveBudget } from '../archives/archive-budget.ts'
import type { ExpansionRatio } from '../archives/expansion-ratio.ts'

/** What the files of one archive have come to so far, decompressed where they are compressed themselves. */
export interface Unfolding {
  readonly budget: ArchiveBudget
  /** Of cabinets: what is around them counts for itself. */
  readonly ratio: ExpansionRatio
}
