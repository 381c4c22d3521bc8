import { AppError } from '../lib/app-error.ts'
import type { ArchiveLimits } from './archive-limits.ts'
import { entryError } from './entry-error.ts'

/**
 * The `limit_exceeded` error of one limit, naming its configuration key and value. The path names the
 * entry that passed the limit of a single entry; the other limits are the archive's as a whole.
 */
export function limitExceeded(
  limit: keyof ArchiveLimits,
  limits: ArchiveLimits,
  path: string,
): AppError {
  const value = limits[limit]
  if (limit === 'maxEntryBytes') {
    const problem = `larger than limits.entry_size allows (${value} bytes)`
    return entryError('limit_exceeded', path, problem)
  }
  const problem =
    limit === 'maxEntries'
      ? `has more entries than limits.entries allows (${value})`
      : `unfolds to more than limits.expanded_size allows (${value} bytes)`
  return new AppError('limit_exceeded', `the archive ${problem}`)
}
