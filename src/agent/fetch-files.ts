import { AppError } from '../lib/app-error.ts'
import { forEachParallel } from '../lib/for-each-parallel.ts'
import type { Downloader, FetchRow } from './downloader.ts'
import { findFiles } from './find-files.ts'
import { needsOfFile } from './needs-of-file.ts'
import type { Progress } from './progress.ts'
import { ServerError } from './server-error.ts'
import type { WantedFile } from './wanted-file.ts'

/** Files that come at once; a debugger asks for one after the other, which leaves the line idle. */
const FETCHING = 8

export interface FetchOptions {
  readonly paths: readonly string[]
  readonly downloader: Downloader
  readonly progress: Progress
}

/** What a fetch came to. */
export interface FetchReport {
  readonly rows: readonly FetchRow[]
  /** What stopped it before its end. */
  readonly trouble: Error | undefined
}

/**
 * Gets what the executables, minidumps and manifests at these paths need; a row for each file, in their order, and for each
 * wrong line of a manifest. Fails as `findFiles` and `needsOfFile` do; what all other files would meet, too, is told in the report.
 */
export async function fetchFiles({
  paths,
  downloader,
  progress,
}: FetchOptions): Promise<FetchReport> {
  const found = await findFiles(paths)
  progress.begin('looking at', found.length, 'files')
  const wanted = new Map<string, WantedFile>()
  const wrong: FetchRow[] = []
  for (const file of found) {
    const needs = await needsOfFile(file)
    for (const need of needs.wanted) {
      const key = need.paths[0]?.toLowerCase() ?? ''
      if (!wanted.has(key)) wanted.set(key, need)
    }
    for (const line of needs.wrong ?? []) wrong.push({ ...line, status: 'failed' })
    progress.advance(1)
  }
  progress.begin('fetching', wanted.size, 'files')
  const rows = new Map<WantedFile, FetchRow>()
  let trouble: Error | undefined
  await forEachParallel(wanted.values(), FETCHING, async (file) => {
    try {
      rows.set(file, trouble === undefined ? await downloader.fetch(file) : failed(file, trouble))
    } catch (error) {
      if (!(error instanceof ServerError || error instanceof AppError)) throw error
      trouble ??= error
      rows.set(file, failed(file, error))
    }
    progress.advance(1)
  })
  await downloader.removeEmptyFolders()
  // In the order in which they were wanted, not in which they came.
  return {
    rows: [...[...wanted.values()].flatMap((file) => rows.get(file) ?? []), ...wrong],
    trouble,
  }
}

function failed({ paths: [path = ''], from }: WantedFile, { message }: Error): FetchRow {
  return { path, from, status: 'failed', reason: message }
}
