import type { BlobTable, Root } from '../db/blob-table.ts'
import { AppError } from '../lib/app-error.ts'
import type { BlobStore, OpenBlob } from '../storage/blob-store.ts'
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
      await readAt(opened, offset, Math.min(length, blob.size - offset))
    return await identify({ size: blob.size, read }, key.slice(0, key.indexOf('/')))
  } finally {
    opened.close()
  }
}

async function readAt(blob: OpenBlob, offset: number, length: number): Promise<Uint8Array> {
  const target = new Uint8Array(Math.max(0, length))
  let filled = 0
  while (filled < target.byteLength) {
    const count = await blob.read(target.subarray(filled), offset + filled)
    if (count === 0) break
    filled += count
  }
  return target.subarray(0, filled)
}
