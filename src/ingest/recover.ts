import type { PackageTable } from '../db/package-table.ts'
import { AppError } from '../lib/app-error.ts'
import { timeOfPrefix } from '../lib/time-of-prefix.ts'
import type { BlobStore, StagingFolder } from '../storage/blob-store.ts'
import type { PackageJournal } from '../storage/package-journal.ts'
import type { PackageManifest } from '../storage/package-manifest.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { PackageIndexer } from './package-indexer.ts'
import { packageRecordOf } from './package-record-of.ts'
import type { Publisher } from './publisher.ts'
import { stagedNote } from './staged-note.ts'
import { toManifest } from './to-manifest.ts'
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

/** Why an upload has failed that a kill found under way. */
const CUT = {
  code: 'upload_interrupted',
  message: 'the server stopped while it worked on the upload; it is to be sent again',
} as const

/**
 * Puts right what the last stop left behind, before anything is served: deletions that were begun are
 * finished, then publications with a manifest; other staged files are removed, packages that the database
 * has lost indexed (unless `reindexFollows`, which does that too), and uploads that were under way have
 * failed, those too whose body had not come whole.
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
    if (manifest === undefined) await recordCut(folder, packages)
    await folder.discard()
  }
  packages.failUnfinished(CUT.code, CUT.message, Date.now())
  if (reindexFollows) return
  const known = packages.ids()
  for (const id of await journal.ids()) {
    if (known.has(id)) continue
    const manifest = await readManifest(id)
    if (manifest !== undefined && manifest !== 'damaged') await indexer.put(manifest)
  }
}

/** Puts an upload into the history that was cut off before anything was known of its files. */
async function recordCut(folder: StagingFolder, packages: PackageTable): Promise<void> {
  const { id } = folder
  const note = packages.has(id) ? undefined : await stagedNote.read(folder)
  if (note === undefined) return
  const { tokenId, details } = note
  const uploader = tokenId === undefined ? undefined : { id: tokenId, tags: [], names: [] }
  const receivedAtMs = timeOfPrefix(id) ?? Date.now()
  const manifest = toManifest({ id, receivedAtMs, details }, { uploader }, [], true)
  await packages.add(packageRecordOf(manifest, CUT))
}
