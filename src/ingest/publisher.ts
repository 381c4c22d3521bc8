import type { BlobTable } from '../db/blob-table.ts'
import type { PackageHoldings } from '../db/package-holdings.ts'
import type { BlobStore, Publication, StagingFolder } from '../storage/blob-store.ts'
import type { PackageJournal } from '../storage/package-journal.ts'
import type { PackageFile, PackageManifest } from '../storage/package-manifest.ts'
import type { Logger } from '../telemetry/logger.ts'
import { ownedIdentities } from './owned-identities.ts'
import type { PackageIndexer } from './package-indexer.ts'
import type { PackagePlan } from './plan-package.ts'
import type { Unpublisher } from './unpublisher.ts'

export interface PublisherOptions {
  readonly store: BlobStore
  readonly journal: PackageJournal
  readonly blobs: BlobTable
  readonly holdings: PackageHoldings
  readonly indexer: PackageIndexer
  readonly unpublisher: Pick<Unpublisher, 'withdraw'>
  readonly log: Logger
}

/**
 * Makes a package's files public, all or none over a crash:
 *  1. staged files durable;  2. manifest durable: from here on the package will be there, whatever
 *  happens;  3. files renamed to their keys, folders durable;  4. index.
 * A start after a crash between (2) and (4) runs (3) and (4) again from the manifest (`resume`); one
 * before (2) finds a staging folder without a manifest and removes it.
 */
export class Publisher {
  readonly #options: PublisherOptions

  constructor(options: PublisherOptions) {
    this.#options = options
  }

  /**
   * Publishes the package; what is replaced changes together with the index, and what is superseded goes
   * when it answers for nothing any more. On failure nothing of it stays, but for what has replaced
   * other bytes by then, which are gone.
   */
  async publish(
    manifest: PackageManifest,
    folder: StagingFolder,
    { replacedKeys: replaced }: Pick<PackagePlan, 'replacedKeys'>,
  ): Promise<void> {
    const { store, journal, blobs, indexer, unpublisher } = this.#options
    const stored = publicationsOf(manifest.files, folder)
    await store.secure(
      folder,
      stored.map(({ staged }) => staged),
    )
    const fresh = stored.filter(({ key }) => !replaced.has(key))
    const added = fresh
      .map(({ key }) => key)
      .filter((key) => blobs.byKey('hosted', key) === undefined)
    try {
      await journal.begin(manifest)
      await store.publish(fresh)
      for (const file of manifest.files) {
        for (const publication of publicationsOf([file], folder)) {
          if (replaced.has(publication.key))
            await store.replace(publication, () => indexer.putFile(manifest, file))
        }
      }
      await journal.commit(manifest)
      await indexer.put(manifest, replaced)
    } catch (error) {
      await unpublisher.withdraw(manifest.id, added)
      throw error
    }
    await this.#settleReplaced(manifest)
  }

  /** Finishes a publication that a crash interrupted; `reindexFollows` leaves the index to that. */
  async resume(
    manifest: PackageManifest,
    folder: StagingFolder,
    { reindexFollows }: { readonly reindexFollows: boolean },
  ): Promise<void> {
    const { store, journal, indexer } = this.#options
    await store.resume(publicationsOf(manifest.files, folder))
    await journal.commit(manifest)
    if (reindexFollows) return
    await indexer.put(manifest)
    await this.#settleReplaced(manifest)
  }

  /**
   * Finishes or takes back a publication whose staged files are lost: it stands if all of its files had
   * come into the store. With `reindexFollows` nothing is deleted, for the index cannot tell whose it is.
   */
  async settle(
    manifest: PackageManifest,
    { reindexFollows }: { readonly reindexFollows: boolean },
  ): Promise<'published' | 'withdrawn'> {
    const { store, journal, blobs, unpublisher } = this.#options
    const stored = manifest.files.flatMap(({ status, blob }) =>
      status === 'stored' && blob !== undefined ? [blob] : [],
    )
    for (const { storeKey, size, sha256 } of stored) {
      const present = await store.stat(storeKey)
      if (present?.size === size && present.sha256 === sha256) continue
      const added = stored
        .map((blob) => blob.storeKey)
        .filter((key) => blobs.byKey('hosted', key) === undefined)
      await unpublisher.withdraw(manifest.id, reindexFollows ? [] : added)
      return 'withdrawn'
    }
    await journal.commit(manifest)
    return 'published'
  }

  /** Removes blobs that answer for nothing any more, and from manifests what they claim without owning it. */
  async #settleReplaced({ id, files }: PackageManifest): Promise<void> {
    const { store, blobs, log } = this.#options
    const keys = new Set(files.flatMap(({ blob }) => blob?.supersedes ?? []))
    try {
      for (const key of keys) await this.#withdrawClaims(key, id)
      const orphans = [...keys].filter((key) => blobs.isOrphan('hosted', key))
      for (const key of orphans) blobs.remove('hosted', key)
      await store.delete(orphans)
    } catch (err) {
      log.error({ err, package: id }, 'superseded files could not be removed')
    }
  }

  async #withdrawClaims(storeKey: string, exceptId: string): Promise<void> {
    const { journal, blobs, holdings } = this.#options
    for (const { packageId, position } of holdings.at(storeKey, exceptId)) {
      const manifest = await journal.read(packageId)
      const file = manifest?.files[position]
      if (manifest === undefined || file?.blob === undefined) continue
      const identities = ownedIdentities(file.blob, blobs)
      if (identities.length === file.blob.identities.length) continue
      const files = manifest.files.with(position, { ...file, blob: { ...file.blob, identities } })
      await journal.write({ ...manifest, files })
    }
  }
}

function publicationsOf(
  files: readonly PackageFile[],
  folder: StagingFolder,
): readonly Publication[] {
  return files.flatMap(({ status, blob }) =>
    status === 'stored' && blob?.staged !== undefined
      ? [{ staged: folder.path(blob.staged), key: blob.storeKey, sha256: blob.sha256 }]
      : [],
  )
}
