import type { BlobTable, IndexedBlob } from '../db/blob-table.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import { identityKey } from '../symbols/identity.ts'
import type { CollectedFile } from './collected-file.ts'
import { hashBlob } from './hash-blob.ts'

/**
 * Says so when an upstream has given a file of the same identity with other bytes, which was verified then: one
 * of the two is not what was built. Only files that are in the cache are compared; no upstream is asked.
 */
export async function compareWithCache(
  file: CollectedFile,
  blobs: BlobTable,
  cache: Pick<BlobStore, 'open'>,
): Promise<string | undefined> {
  if (file.kind !== 'accepted') return undefined
  const copies = new Map<string, IndexedBlob>()
  for (const identity of file.identification.identities) {
    // What is filed by its path alone was not verified.
    const copy = identity.kind === 'path' ? undefined : blobs.owner(identityKey(identity), 'cache')
    if (copy !== undefined) copies.set(copy.key, copy)
  }
  for (const copy of copies.values()) {
    if (await isSame(file, copy, cache)) continue
    return `differs from the copy that upstream ${copy.source ?? 'unknown'} has of this id (${copy.size} bytes, here ${file.size})`
  }
  return undefined
}

async function isSame(
  { size, sha256 }: { readonly size: number; readonly sha256: string },
  copy: IndexedBlob,
  cache: Pick<BlobStore, 'open'>,
): Promise<boolean> {
  if (copy.size !== size) return false
  const blob = await cache.open(copy.key)
  // Gone meanwhile: there is nothing to compare with.
  if (blob === undefined) return true
  try {
    return (await hashBlob(blob)) === sha256
  } finally {
    blob.close()
  }
}
