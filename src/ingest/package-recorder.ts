import type { FoundBy, MissingRecord } from '../db/missing-record.ts'
import type { PackageRecord } from '../db/package-record.ts'
import type { PackageTable } from '../db/package-table.ts'
import { AppError } from '../lib/app-error.ts'
import type { PackageManifest } from '../storage/package-manifest.ts'
import { identityKey } from '../symbols/identity.ts'
import type { Logger } from '../telemetry/logger.ts'
import { detailsIfGood } from './details-if-good.ts'
import { newPackageId } from './new-package-id.ts'
import { packageRecordOf } from './package-record-of.ts'
import { toManifest } from './to-manifest.ts'
import type { Upload, UploadDetails } from './upload.ts'

/** Whoever remembers what was asked for in vain and has to be told what has arrived. */
interface MissingFinder {
  /** Marks what these identities (as index keys) end as found; gives what had been missing. */
  markFound(identities: readonly string[], by: FoundBy): Promise<readonly MissingRecord[]>
}

export interface PackageRecorderOptions {
  readonly packages: PackageTable
  readonly missing: MissingFinder
  /** Told of every package that has got its verdict, and what of it had been missing; must not throw. */
  readonly finished: (record: PackageRecord, found: readonly MissingRecord[]) => void
  readonly log: Logger
}

/**
 * Keeps the history of uploads that the journal knows nothing of, for it holds published packages only: those
 * that run and those that were refused. What cannot be recorded is logged and fails no upload.
 */
export class PackageRecorder {
  readonly #options: PackageRecorderOptions

  constructor(options: PackageRecorderOptions) {
    this.#options = options
  }

  /** Notes an upload that goes on while its sender has been answered. Rejects when it cannot be written. */
  async running(
    base: Pick<PackageRecord, 'id' | 'tokenId' | 'sentBytes' | 'receivedAtMs'>,
    { tag, product, version, comment, build }: UploadDetails,
  ): Promise<void> {
    await this.#options.packages.add({
      ...base,
      tag,
      product,
      version,
      comment,
      build,
      protected: false,
      verdict: 'processing',
      isPublished: false,
      error: undefined,
      finishedAtMs: undefined,
      files: [],
    })
  }

  /** Notes a package of which nothing was published, and why. */
  async refused(manifest: PackageManifest, failure: unknown): Promise<void> {
    const { packages, log } = this.#options
    const refusal =
      failure instanceof AppError
        ? failure
        : { code: 'internal', message: 'the server failed; its log says how' }
    const record = packageRecordOf(manifest, refusal)
    try {
      await packages.add(record)
    } catch (err) {
      log.error({ err, package: manifest.id }, 'refused package could not be recorded')
    }
    this.#options.finished(record, [])
  }

  /**
   * Notes an upload that came to nothing before its files were settled, and why; but not one that is only
   * told to come again (`busy`).
   */
  async failed(
    upload: Pick<Upload, 'uploader' | 'sentBytes' | 'details'>,
    cause: unknown,
    begun: { readonly id: string; readonly receivedAtMs: number } = {
      id: newPackageId(),
      receivedAtMs: Date.now(),
    },
  ): Promise<void> {
    if (cause instanceof AppError && cause.code === 'busy') return
    const base = { ...begun, details: detailsIfGood(upload) }
    await this.refused(toManifest(base, upload, [], true), cause)
  }

  /** Tells of a package that was published and indexed, and what was missing before. */
  async published(manifest: PackageManifest): Promise<void> {
    const { missing, finished, log } = this.#options
    let found: readonly MissingRecord[] = []
    try {
      const arrived = manifest.files.filter(({ status }) => status === 'stored')
      const identities = arrived.flatMap(({ blob }) => blob?.identities.map(identityKey) ?? [])
      found = await missing.markFound(identities, { packageId: manifest.id })
    } catch (err) {
      log.error({ err, package: manifest.id }, 'missing files could not be marked as found')
    }
    finished(packageRecordOf(manifest), found)
  }
}
