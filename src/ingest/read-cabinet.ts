import type { ArchiveEntry } from '../archives/archive-entry.ts'
import { parseEntryPath } from '../archives/entry-path.ts'
import { borrowStream, type BorrowedStream } from '../lib/borrow-stream.ts'
import type { OpenedCabinet } from './open-cabinet.ts'

/** The files of a cabinet as those of an archive; closes it in the end. Throws `archive_hostile` for their names, and what they fail with. */
export async function* readCabinet(
  cabinet: OpenedCabinet,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  try {
    for (const file of cabinet.files) {
      const { path } = parseEntryPath(file.name)
      let content: BorrowedStream | undefined
      yield {
        kind: 'file',
        path,
        size: file.size,
        async open() {
          // A content that is given up halfway would end the cabinet.
          content = borrowStream(cabinet.open(file))
          return content.stream
        },
      }
      await content?.drain()
    }
  } finally {
    await cabinet.close()
  }
}
