import { glob, lstat, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../lib/app-error.ts'
import { isErrno } from '../lib/is-errno.ts'

/** Files of one command line: a build has thousands, and a list beyond this is somebody's whole disk. */
const MAX_FILES = 1_000_000

/** A file that was found. */
export interface FoundFile {
  readonly path: string
  /** Whether a path of the command line is this file, and not a folder or pattern that it was found by. */
  readonly isNamed: boolean
}

/**
 * The files that these paths name: files themselves, folders with all below them, and globs. Links are
 * followed where a path names one, and passed over below folders, where they lead to files that are found
 * anyway, or out. Fails with `command_failed` naming the path when there is nothing, or no access.
 */
export async function findFiles(paths: readonly string[]): Promise<readonly FoundFile[]> {
  const found = new Map<string, boolean>()
  const add: Add = (path, isNamed) => {
    found.set(path, isNamed || found.get(path) === true)
    if (found.size > MAX_FILES)
      throw new AppError('command_failed', `there are more than ${MAX_FILES} files`)
  }
  for (const path of paths) {
    try {
      await expand(path, add)
    } catch (error) {
      if (error instanceof AppError) throw error
      throw new AppError('command_failed', `cannot read ${path}: ${String(error)}`, {
        cause: error,
      })
    }
  }
  return [...found].map(([path, isNamed]) => ({ path, isNamed }))
}

type Add = (path: string, isNamed: boolean) => void

async function expand(path: string, add: Add): Promise<void> {
  // A file may well be called `a[1].pdb`: what is there is no pattern.
  if (await exists(path)) return await addAll(path, true, add)
  if (!/[*?[{]/.test(path)) throw new AppError('command_failed', `there is no ${path}`)
  let matches = 0
  for await (const match of glob(path)) {
    matches++
    const isLink = (await lstat(match)).isSymbolicLink()
    if (!isLink) await addAll(match, false, add)
  }
  if (matches === 0) throw new AppError('command_failed', `nothing matches ${path}`)
}

async function addAll(path: string, isNamed: boolean, add: Add): Promise<void> {
  const stats = await stat(path)
  if (stats.isFile()) return add(path, isNamed)
  if (!stats.isDirectory()) throw new AppError('command_failed', `${path} is no file or folder`)
  await addBelow(path, add)
}

async function addBelow(folder: string, add: Add): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isFile()) add(path, false)
    if (entry.isDirectory()) await addBelow(path, add)
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EINVAL')) return false
    throw error
  }
}
