import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isErrno } from './is-errno.ts'

/**
 * Makes a folder and those above it that are missing. Node's own `recursive` never ends where a folder is there and the
 * system finds nothing in it all the same: below `/proc`, or behind a link that leads nowhere.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    if (await isFolder(path)) return
    const parent = dirname(path)
    if (!isErrno(error, 'ENOENT') || parent === path || (await isFolder(parent))) throw error
    await makeFolder(parent)
    await makeFolder(path)
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
}
