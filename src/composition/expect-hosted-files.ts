import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import type { BlobTable } from '../db/blob-table.ts'
import { AppError } from '../lib/app-error.ts'
import { isErrno } from '../lib/is-errno.ts'

/** Files that are looked for at either end of the index, whatever the size of the store. */
const LOOKED_FOR = 16

/**
 * Fails with `store_unusable` when a folder that is to hold the hosted files has none of those that the index knows: its
 * disk is not mounted, or another one is, and uploads would land beneath it. A bucket says by itself when it is not there.
 */
export async function expectHostedFiles(
  { data, store }: Pick<Config, 'data' | 'store'>,
  blobs: BlobTable,
): Promise<void> {
  if (store.type !== 'local') return
  const keys = blobs.outermostKeys('hosted', LOOKED_FOR)
  for (const key of keys) if (await isThere(join(store.path, key))) return
  if (keys.length === 0) return
  throw new AppError(
    'store_unusable',
    `${store.path} is not the store that ${join(data, 'symgate.db')} knows: it should hold ${blobs.totals('hosted').blobs} ` +
      `files, but of ${keys.length} that were looked for, ${keys[0]} for one, none is there. Is its disk mounted? If it is ` +
      `meant to be empty, or another one, have the index made anew first: symgate reindex --data ${data}`,
  )
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    // What cannot be read is there all the same.
    return !isErrno(error, 'ENOENT', 'ENOTDIR')
  }
}
