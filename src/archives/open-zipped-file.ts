import type { Readable } from 'node:stream'
import type { ArchiveEntry } from './archive-entry.ts'
import type { ArchiveLimits } from './archive-limits.ts'
import { readZip } from './read-zip.ts'

/** The content of a zip that holds one file. */
export interface ZippedFile {
  /** The member's path as stored. */
  readonly path: string
  readonly size: number | undefined
  /** Fails as a member of `readZip` does. The zip is closed with it. */
  readonly content: Readable
}

/** Opens the file that a zip holds; undefined when it holds none, or several. Rejects as `readZip` throws. */
export async function openZippedFile(
  path: string,
  limits: ArchiveLimits,
): Promise<ZippedFile | undefined> {
  let files = 0
  for await (const entry of readZip(path, limits)) {
    if (entry.kind === 'file') files++
    if (files > 1) return undefined
  }
  const entries = readZip(path, limits)
  for (;;) {
    const next = await entries.next()
    if (next.done === true) return undefined
    if (next.value.kind === 'file') return await opened(next.value, entries)
  }
}

async function opened(
  entry: Extract<ArchiveEntry, { kind: 'file' }>,
  entries: AsyncGenerator<ArchiveEntry, void, undefined>,
): Promise<ZippedFile> {
  const content = await entry.open()
  // The content lasts until the iteration goes on, and the iteration holds the file.
  content.once('close', () => void entries.return().catch(() => {}))
  return { path: entry.path, size: entry.size, content }
}
