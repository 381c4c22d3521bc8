import type { Readable } from 'node:stream'
import { FileReader } from '../lib/file-reader.ts'
import { ArchiveBudget } from './archive-budget.ts'
import type { ArchiveEntry } from './archive-entry.ts'
import type { ArchiveLimits } from './archive-limits.ts'
import { centralDirectory } from './central-directory.ts'
import { ExpansionRatio } from './expansion-ratio.ts'
import { locateZipContent } from './locate-zip-content.ts'
import { surveyZip } from './survey-zip.ts'
import { WindowReader } from './window-reader.ts'
import { zipContent } from './zip-content.ts'
import { zipMember } from './zip-member.ts'

/**
 * Reads a zip from a file by its central directory, in its order; entries of one name are all told. An
 * entry's stream lasts until the iteration goes on.
 *
 * Throws, before the first entry where the directory shows it: `archive_damaged`, `archive_hostile`
 * (paths that leave the archive, encryption, overlapping entries, two names for one entry),
 * `unsupported_format` (other methods than stored and deflated), `limit_exceeded`, or the system's
 * error when the file cannot be read. The file is closed when the iteration ends, for whatever reason.
 */
export async function* readZip(
  path: string,
  limits: ArchiveLimits,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  await using file = await FileReader.open(path)
  const places = await surveyZip(file, limits)
  const contents = new WindowReader(file)
  const budget = new ArchiveBudget(limits)
  const ratio = new ExpansionRatio()
  let content: Readable | undefined
  try {
    for await (const record of centralDirectory(file)) {
      const member = zipMember(record)
      budget.enter(member.path, record.uncompressedSize)
      if (member.kind === 'folder') continue
      if (member.kind === 'special') {
        yield member
        continue
      }
      const start = await locateZipContent(contents, record, member.path, places)
      let openable = true
      yield {
        kind: 'file',
        path: member.path,
        size: record.uncompressedSize,
        open: async () => {
          if (!openable)
            throw new Error('an entry can be opened once, while the iteration is at it')
          openable = false
          const { path } = member
          content = zipContent({ file: contents, record, path, start, budget, ratio })
          return content
        },
      }
      openable = false
      content?.destroy()
    }
  } finally {
    content?.destroy()
  }
}
