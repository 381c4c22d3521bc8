import { buffer } from 'node:stream/consumers'
import type { ArchiveEntry } from '../../src/archives/archive-entry.ts'

/** What an archive gave: content by path for files, `[reason]` for what is no file; in order. */
export async function collectEntries(
  entries: AsyncIterable<ArchiveEntry>,
): Promise<[path: string, content: string][]> {
  const collected: [string, string][] = []
  for await (const entry of entries) {
    if (entry.kind === 'special') collected.push([entry.path, `[${entry.reason}]`])
    else collected.push([entry.path, (await buffer(await entry.open())).toString('latin1')])
  }
  return collected
}
