import type { BlobTable } from '../db/blob-table.ts'
import type { MarkTable } from '../db/mark-table.ts'
import type { PackageHoldings } from '../db/package-holdings.ts'
import type { PackageTable } from '../db/package-table.ts'
import { AppError } from '../lib/app-error.ts'
import type { Semaphore } from '../lib/semaphore.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import type { PackageDeletion } from '../storage/package-deletion.ts'
import type { PackageJournal } from '../storage/package-journal.ts'
import type { Logger } from '../telemetry/logger.ts'
import { diskFull } from './disk-full.ts'
import { planDeletion } from './plan-deletion.ts'

export interface UnpublisherOptions {
  readonly store: BlobStore
  readonly journal: PackageJournal
  readonly blobs: BlobTable
  readonly packages: PackageTable
  readonly holdings: PackageHoldings
  readonly marks: MarkTable
  /** Held while packages are published. */
  readonly commit: Semaphore
  readonly log: Logger
}

/** What has gone with a package. */
export interface DeletedPackage {
  /** Files that nobody else held. */
  readonly files: number
  readonly bytes: number
}

/**
 * Deletes packages: what no other package holds is unpublished, the rest passes to the others. While no
 * package is being published:
 *  1. what goes and what stays is planned;
 *  2. the manifests of packages that take something over are written, durable one by one. A crash up to
 *     here leaves the package whole: two manifests that claim the same bytes make the same index;
 *  3. the record of the deletion is written, durable: from here on the package will go, whatever happens;
 *  4. identities move, and what goes leaves the index, so that nobody finds it any more; the package leaves
 *     the history;
 *  5. files are deleted, durable. Whoever has one open reads on;
 *  6. the manifest is removed, durable; then the record.
 * A start after a crash between (3) and (6) does (4) to (6) again (`finish`), before anything is published
 * or indexed: each step may be repeated. Without the record, files of (5) would be taken for files that
 * somebody has put into the tree.
 */
export class Unpublisher {
  readonly #options: UnpublisherOptions
  readonly #unfinished = new Map<string, PackageDeletion>()

  constructor(options: UnpublisherOptions) {
    this.#options = options
  }

  /**
   * Deletes a package, or the history of one that was refused; it is gone for good when this resolves. Fails with `not_found`, with
   * `package_protected`, and with `busy` while the index is being rebuilt, which alone knows what other
   * packages hold; with `store_unusable` or `disk_full`, which tell whether the package goes later on.
   */
  async delete(id: string): Promise<DeletedPackage> {
    return await this.#options.commit.run(async () => {
      try {
        await this.finish()
        return await this.#delete(id)
      } catch (cause) {
        throw this.#failure(id, cause)
      }
    })
  }

  /**
   * Finishes deletions that failed half-way in this process. For whoever holds `commit`: what is published
   * meanwhile could lie where they delete.
   */
  async finish(): Promise<void> {
    for (const deletion of this.#unfinished.values()) await this.#carryOut(deletion)
  }

  /** Finishes the deletions that the last process had begun. */
  async resume(): Promise<void> {
    const { journal, log } = this.#options
    for (const deletion of await journal.condemned()) {
      await this.#carryOut(deletion)
      log.info({ package: deletion.id }, 'interrupted deletion finished')
    }
  }

  /**
   * Takes back a publication that has failed: each step whatever became of the others, and what could not be
   * done is done by `finish`, or at the next start. For whoever holds `commit`.
   */
  async withdraw(id: string, doomedKeys: readonly string[]): Promise<void> {
    const { store, journal, blobs, log } = this.#options
    const deletion: PackageDeletion = { format: 1, id, doomedKeys, moved: [] }
    const isDone = async (step: () => Promise<void>): Promise<boolean> => {
      try {
        await step()
        return true
      } catch (err) {
        log.error({ err, package: id }, 'failed publication could not be withdrawn')
        return false
      }
    }
    const isRecorded = await isDone(() => journal.condemn(deletion))
    // As in a deletion: rows without their files would look like a store that is not mounted to the next start.
    const areRowsGone = await isDone(() => blobs.removeAll('hosted', doomedKeys))
    const areFilesGone = await isDone(() => store.delete(doomedKeys))
    const isSettled = areFilesGone && areRowsGone
    // Without a record its manifest must not bring the package back; with one, that is what the start goes by.
    const isForgotten = (isRecorded && !isSettled) || (await isDone(() => journal.remove(id)))
    if (!isSettled || !isForgotten) this.#unfinished.set(id, deletion)
  }

  async #delete(id: string): Promise<DeletedPackage> {
    const { journal, blobs, packages, marks, log } = this.#options
    const manifest = await journal.read(id)
    if (manifest === undefined) {
      if (await packages.removeRefused(id)) return { files: 0, bytes: 0 }
      throw new AppError('not_found', `there is no upload ${JSON.stringify(id)} that has ended`)
    }
    if (manifest.protected)
      throw new AppError('package_protected', `package ${id} is protected: it cannot be deleted`)
    if (marks.has('reindex-unfinished'))
      throw new AppError('busy', 'the index is being rebuilt; packages can be deleted after that')
    const { deletion, changed, refiled } = await planDeletion(manifest, this.#options)
    const bytes = deletion.doomedKeys.reduce(
      (sum, key) => sum + (blobs.byKey('hosted', key)?.size ?? 0),
      0,
    )
    for (const row of refiled) packages.refile(row)
    for (const heir of changed) await journal.write(heir)
    await this.#carryOut(deletion)
    const files = deletion.doomedKeys.length
    log.info({ package: id, tag: manifest.tag, files, bytes }, 'package deleted')
    return { files, bytes }
  }

  /** What whoever deletes the package is to know: above all whether it goes by itself later on. */
  #failure(id: string, cause: unknown): unknown {
    const failure = diskFull(cause)
    if (!this.#unfinished.has(id)) return failure
    this.#options.log.error({ err: cause, package: id }, 'deletion could not be finished')
    const code = failure instanceof AppError ? failure.code : 'store_unusable'
    const why = failure instanceof Error ? failure.message : String(failure)
    const later = 'goes on by itself with the next upload or deletion, or at the next start'
    const message = `the deletion of package ${id} has begun and ${later}: ${why}`
    return new AppError(code, message, { cause })
  }

  async #carryOut(deletion: PackageDeletion): Promise<void> {
    const { store, journal, blobs, packages } = this.#options
    const { id, doomedKeys, moved } = deletion
    // From before the record is written: whether it has got to the disk may be unknown after a failure.
    const isNew = !this.#unfinished.has(id)
    this.#unfinished.set(id, deletion)
    try {
      await journal.condemn(deletion)
    } catch (error) {
      // A store that may not be written has written nothing; what it wrote in an earlier try is there.
      const failure = diskFull(error)
      if (failure instanceof AppError && failure.code === 'store_unusable' && isNew)
        this.#unfinished.delete(id)
      throw error
    }
    for (const { storeKey, identities } of moved) blobs.give('hosted', storeKey, identities)
    await blobs.removeAll('hosted', doomedKeys)
    await packages.remove(id)
    await store.delete(doomedKeys)
    await journal.remove(id)
    this.#unfinished.delete(id)
  }
}
