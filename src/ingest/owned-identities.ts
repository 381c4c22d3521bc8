import type { BlobTable } from '../db/blob-table.ts'
import type { PackageFile } from '../storage/package-manifest.ts'
import { identityKey, type Identity } from '../symbols/identity.ts'

/** The identities that a file's row claims and that the index gives to these very bytes. */
export function ownedIdentities(
  { storeKey, sha256, identities }: NonNullable<PackageFile['blob']>,
  blobs: BlobTable,
): readonly Identity[] {
  if (blobs.byKey('hosted', storeKey)?.etag !== sha256) return []
  return identities.filter(
    (identity) => blobs.owner(identityKey(identity), 'hosted')?.key === storeKey,
  )
}
