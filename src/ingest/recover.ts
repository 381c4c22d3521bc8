import type { PackageTable } from '../db/package-table.ts'
import { AppError } from '../lib/app-error.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import type { PackageJournal } from '../storage/package-journal.ts'
import type { PackageManifest } from '../storage/package-manifest.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { PackageIndexer } from './package-indexer.ts'
import type { Publisher } from './publisher.ts'
import type { Unpublisher } from './unpublisher.ts'

export interface RecoverOptions {
  readonly store: BlobStore
  readonly journal: PackageJournal
  readonly packages: PackageTable
  readonly publisher: Publisher
  readonly unpublisher: Unpublisher
  readonly indexer: PackageIndexer
  readonly reindexFollows: boolean
  readonly log: Logger
}

/**
 * Puts right what the last stop left behind, before anything is served: deletions that were begun are
 * finished, then publications with a manifest; other staged files are removed, packages that the database
 * has lost indexed (unless `reindexFollows`, which does that too), and uploads that were under way have
 * failed.
 */
export async function recover({
  store,
  journal,
  packages,
  publisher,
  unpublisher,
  indexer,
  reindexFollows,
  log,
}: RecoverOptions): Promise<void> {
  const readManifest = async (id: string): Promise<PackageManifest | undefined | 'damaged'> => {
    try {
      return await journal.read(id)
    } catch (err) {
      if (!(err instanceof AppError)) throw err
      log.error({ err, package: id }, 'manifest could not be read')
      return 'damaged'
    }
  }
  await unpublisher.resume()
  const leftovers = await store.leftovers()
  const begun = await journal.begun()
  for (const manifest of begun) {
    if (leftovers.some(({ id }) => id === manifest.id)) continue
    const outcome = await publisher.settle(manifest, { reindexFollows })
    log.info({ package: manifest.id, outcome }, 'interrupted publication without its files settled')
  }
  for (const folder of leftovers) {
    const manifest = begun.find(({ id }) => id === folder.id) ?? (await readManifest(folder.id))
    // What it would have published stays for a repair.
    if (manifest === 'damaged') continue
    if (manifest !== undefined) {
      await publisher.resume(manifest, folder, { reindexFollows })
      log.info({ package: folder.id }, 'interrupted publication finished')
    }
    await folder.discard()
  }
  packages.failUnfinished(
    'upload_interrupted',
    'the server stopped while it worked on the upload; it is to be sent again',
    Date.now(),
  )
  if (reindexFollows) return
  const known = packages.ids()
  for (const id of await journal.ids()) {
    if (known.has(id)) continue
    const manifest = await readManifest(id)
    if (manifest !== undefined && manifest !== 'damaged') await indexer.put(manifest)
  }
}
