import type { ArchiveEntry } from '../archives/archive-entry.ts'
import type { ArchiveLimits } from '../archives/archive-limits.ts'
import { readByBsdtar } from '../archives/read-by-bsdtar.ts'

/** The files of a cabinet. The one place that decides who reads cabinets. */
export function readCabinet(path: string, limits: ArchiveLimits): AsyncIterable<ArchiveEntry> {
  return readByBsdtar(path, 'cab', limits)
}
