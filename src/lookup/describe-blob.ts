import type { BlobTable, Root } from '../db/blob-table.ts'
import { AppError } from '../lib/app-error.ts'
import { readAt } from '../lib/read-at.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import type { Identification } from '../symbols/identification.ts'
import { identify } from '../symbols/identify.ts'

/** Where blobs lie and what is known of them. */
export interface BlobPlaces {
  readonly blobs: BlobTable
  readonly hosted: BlobStore
  readonly cache: BlobStore
}

/**
 * Reads again what a stored file is: a few small pieces of it, however large it is. Fails with `not_found` where
 * there is no such file.
 */
export async function describeBlob(
  root: Root,
  key: string,
  { blobs, hosted, cache }: BlobPlaces,
): Promise<Identification> {
  const blob = blobs.byKey(root, key)
  const store = root === 'hosted' ? hosted : cache
  const opened = blob && (await store.open(key))
  if (blob === undefined || opened === undefined)
    throw new AppError('not_found', `there is no file ${JSON.stringify(key)}`)
  try {
    const read = async (offset: number, length: number): Promise<Uint8Array> =>
      await readAt(opened, offset, Math.max(0, Math.min(length, blob.size - offset)))
    return await identify({ size: blob.size, read }, key.slice(0, key.indexOf('/')))
  } finally {
    opened.close()
  }
}
