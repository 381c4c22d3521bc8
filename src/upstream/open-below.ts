import { constants } from 'node:fs'
import { open, realpath, type FileHandle } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { isErrno } from '../lib/is-errno.ts'
import type { FolderListing } from './folder-listing.ts'

/** Entries that differ in case alone, followed on the way to one file. */
const MAX_VARIANTS = 8

/** A FIFO would wait for a writer; a link that has come meanwhile is not followed. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** A file, its real path and its size in bytes. */
export interface OpenFile {
  readonly path: string
  readonly handle: FileHandle
  readonly size: number
}

/**
 * Opens the regular file at `segments` below `root`, in that case or, where there is none, in any other. Undefined
 * when there is no such file, or only one to which a link leads out of the root. Rejects with the system's
 * error, also when the root itself is not there. Close the handle.
 */
export async function openBelow(
  root: string,
  segments: readonly string[],
  listing: FolderListing,
): Promise<OpenFile | undefined> {
  const realRoot = await realpath(root)
  const exact = await openFile(realRoot, join(realRoot, ...segments))
  if (exact !== undefined) return exact
  for (const path of await variants(realRoot, segments, listing)) {
    const file = await openFile(realRoot, path)
    if (file !== undefined) return file
  }
  return undefined
}

/** Paths of all entries that the segments mean without regard to case. */
async function variants(
  root: string,
  segments: readonly string[],
  listing: FolderListing,
): Promise<readonly string[]> {
  let paths = [root]
  for (const segment of segments) {
    const next: string[] = []
    for (const path of paths) {
      const names = (await orAbsent(listing.matching(path, segment))) ?? []
      next.push(...names.map((name) => join(path, name)))
    }
    paths = next.slice(0, MAX_VARIANTS)
  }
  return paths
}

async function openFile(realRoot: string, path: string): Promise<OpenFile | undefined> {
  const real = await orAbsent(realpath(path))
  if (real === undefined || !real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep))
    return undefined
  const handle = await orAbsent(open(real, FLAGS))
  if (handle === undefined) return undefined
  let isKept = false
  try {
    const status = await handle.stat()
    isKept = status.isFile()
    return isKept ? { path: real, handle, size: status.size } : undefined
  } finally {
    if (!isKept) await handle.close()
  }
}

/** The result, or undefined where the system says that there is no such thing. */
async function orAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EISDIR')) return undefined
    throw error
  }
}
