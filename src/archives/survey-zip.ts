import type { ByteReader } from '../lib/byte-reader.ts'
import { ArchiveBudget } from './archive-budget.ts'
import type { ArchiveLimits } from './archive-limits.ts'
import { centralDirectory } from './central-directory.ts'
import { zipMember } from './zip-member.ts'

/**
 * Walks the central directory once before anything is unpacked, so that an archive that cannot be
 * taken fails before any work is done. Resolves the places of all local headers, ascending; throws
 * whatever `zipMember` and `centralDirectory` throw, and `limit_exceeded` by the declared sizes.
 */
export async function surveyZip(file: ByteReader, limits: ArchiveLimits): Promise<number[]> {
  const budget = new ArchiveBudget(limits)
  const places: number[] = []
  for await (const record of centralDirectory(file)) {
    const member = zipMember(record)
    budget.enter(member.path, record.uncompressedSize)
    budget.spend(record.uncompressedSize)
    places.push(record.relativeOffsetOfLocalHeader)
  }
  return places.sort((a, b) => a - b)
}
