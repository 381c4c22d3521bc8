import { forEachParallel } from '../lib/for-each-parallel.ts'
import type { Downloader, FetchRow } from './downloader.ts'
import { findFiles } from './find-files.ts'
import { needsOfFile } from './needs-of-file.ts'
import type { Progress } from './progress.ts'
import type { WantedFile } from './wanted-file.ts'

/** Files that come at once; a debugger asks for one after the other, which leaves the line idle. */
const FETCHING = 8

export interface FetchOptions {
  readonly paths: readonly string[]
  readonly downloader: Downloader
  readonly progress: Progress
}

/**
 * Gets what the executables, minidumps and manifests at these paths need; a row for each file, in their order. Fails as
 * `findFiles` and `needsOfFile` do, and with a ServerError that all others would meet, too.
 */
export async function fetchFiles({
  paths,
  downloader,
  progress,
}: FetchOptions): Promise<readonly FetchRow[]> {
  const found = await findFiles(paths)
  progress.begin('looking at', found.length, 'files')
  const wanted = new Map<string, WantedFile>()
  for (const file of found) {
    for (const need of await needsOfFile(file)) {
      const key = need.paths[0]?.toLowerCase() ?? ''
      if (!wanted.has(key)) wanted.set(key, need)
    }
    progress.advance(1)
  }
  progress.begin('fetching', wanted.size, 'files')
  const rows = new Map<WantedFile, FetchRow>()
  await forEachParallel(wanted.values(), FETCHING, async (file) => {
    rows.set(file, await downloader.fetch(file))
    progress.advance(1)
  })
  // In the order in which they were wanted, not in which they came.
  return [...wanted.values()].flatMap((file) => rows.get(file) ?? [])
}
