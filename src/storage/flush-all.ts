import { forEachParallel } from '../lib/for-each-parallel.ts'
import { fsync } from '../lib/fsync.ts'
import { syncFilesystem } from '../lib/sync-filesystem.ts'

/** System calls in flight at once: enough to let a disk merge flushes, few enough to leave threads for readers. */
const WIDTH = 8

/** From so many on one flush of the filesystem is cheaper than theirs, even with what others have written to it. */
const MANY = 1000

/** Makes files and folders of one filesystem durable where they are. */
export async function flushAll(paths: ReadonlySet<string>): Promise<void> {
  const [first] = paths
  if (first !== undefined && paths.size >= MANY && (await syncFilesystem(first))) return
  await forEachParallel(paths, WIDTH, fsync)
}
