import type { PackageTable } from '../db/package-table.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import type { PackageJournal } from '../storage/package-journal.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { PackageIndexer } from './package-indexer.ts'
import type { Publisher } from './publisher.ts'

export interface RecoverOptions {
  readonly store: BlobStore
  readonly journal: PackageJournal
  readonly packages: PackageTable
  readonly publisher: Publisher
  readonly indexer: PackageIndexer
  readonly reindexFollows: boolean
  readonly log: Logger
}

/**
 * Puts right what the last stop left behind, before anything is served: publications with a manifest
 * are finished, other staged files removed, packages that the database has lost indexed (unless
 * `reindexFollows`, which does that too).
 */
export async function recover({
  store,
  journal,
  packages,
  publisher,
  indexer,
  reindexFollows,
  log,
}: RecoverOptions): Promise<void> {
  for (const folder of await store.leftovers()) {
    const manifest = await journal.read(folder.id)
    if (manifest !== undefined) {
      await publisher.resume(manifest, folder)
      log.info({ package: folder.id }, 'interrupted publication finished')
    }
    await folder.discard()
  }
  if (reindexFollows) return
  const known = packages.ids()
  for (const id of await journal.ids()) {
    if (known.has(id)) continue
    const manifest = await journal.read(id)
    if (manifest !== undefined) await indexer.put(manifest)
  }
}
