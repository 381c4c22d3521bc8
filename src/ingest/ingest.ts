import type { ArchiveLimits } from '../archives/archive-limits.ts'
import type { ArchiveTools } from '../archives/tools/archive-tools.ts'
import type { CabinetThreads } from '../cabinet/cabinet-threads.ts'
import type { BlobTable } from '../db/blob-table.ts'
import { AppError } from '../lib/app-error.ts'
import { randomBase32 } from '../lib/random-base32.ts'
import type { Semaphore } from '../lib/semaphore.ts'
import type { BlobStore, StagingFolder } from '../storage/blob-store.ts'
import type { PackageFile, PackageManifest } from '../storage/package-manifest.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { collectFiles } from './collect-files.ts'
import type { CollectedFile } from './collected-file.ts'
import { diskFull } from './disk-full.ts'
import { planPackage } from './plan-package.ts'
import type { Publisher } from './publisher.ts'
import type { Unpublisher } from './unpublisher.ts'
import type { ConflictRule, Upload, UploadDetails } from './upload.ts'

export interface IngestOptions {
  readonly store: BlobStore
  readonly blobs: BlobTable
  readonly publisher: Publisher
  readonly unpublisher: Unpublisher
  /** How many uploads may be received at once, and how many may wait. */
  readonly permits: Semaphore
  /** One package is published at a time. */
  readonly commit: Semaphore
  readonly limits: ArchiveLimits
  readonly cabinets: CabinetThreads
  /** The optional programs that are there. */
  readonly tools: ArchiveTools
  readonly onConflict: ConflictRule
  readonly onConflictPe: ConflictRule
  /** Adds to a total that outlives the process. */
  readonly count: (event: string, amount: number) => void
  readonly metrics: Metrics
  readonly log: Logger
}

/** What an upload came to: a published package, or one that was refused as a whole after all was looked at. */
export interface IngestResult {
  readonly manifest: PackageManifest
  readonly refusal: AppError | undefined
}

/** Turns an upload into a package with a verdict. Nothing of an upload that fails stays behind. */
export class Ingest {
  readonly #options: IngestOptions

  constructor(options: IngestOptions) {
    this.#options = options
  }

  /**
   * Receives an upload and publishes it; everything listed as stored is durable when this resolves.
   * `certain` is called once when nothing but trouble with the store can fail the upload any more.
   *
   * Fails with `busy`, `limit_exceeded`, `upload_interrupted`, `archive_damaged`, `archive_hostile`,
   * `unsupported_format`, `name_required`, `request_invalid` or `disk_full`.
   */
  async receive(upload: Upload, certain: () => void): Promise<IngestResult> {
    try {
      return await this.#options.permits.run(() => this.#receive(upload, certain))
    } catch (cause) {
      throw diskFull(cause)
    }
  }

  async #receive(upload: Upload, certain: () => void): Promise<IngestResult> {
    const { store, limits, cabinets, tools } = this.#options
    const id = newPackageId()
    const folder = await store.stage(id)
    try {
      const collected = await collectFiles(upload.parts, { folder, limits, cabinets, tools })
      return await this.#settle(id, collected, upload, folder, certain)
    } finally {
      await folder.discard()
    }
  }

  async #settle(
    id: string,
    collected: readonly CollectedFile[],
    upload: Upload,
    folder: StagingFolder,
    certain: () => void,
  ): Promise<IngestResult> {
    const { commit, publisher, unpublisher, count, metrics, log } = this.#options
    const details = upload.details()
    const refusal = refusalOf(collected, details)
    return await commit.run(async () => {
      await unpublisher.finish()
      const ruleFor = (kind: string): ConflictRule => this.#rule(kind, details)
      const plan = await planPackage(collected, { ...this.#options, ruleFor })
      const { files } = plan
      const manifest = toManifest(
        id,
        details,
        refusal === undefined ? files : files.map(withheld),
        refusal,
      )
      if (refusal !== undefined) return { manifest, refusal }
      certain()
      await publisher.publish(manifest, folder, plan)
      count(`packages.${manifest.verdict}`, 1)
      for (const file of files) metrics.uploadedFiles.inc({ status: file.status })
      log.info(
        {
          id: upload.requestId,
          package: id,
          tag: details.tag,
          verdict: manifest.verdict,
          files: files.length,
        },
        'package published',
      )
      return { manifest, refusal }
    })
  }

  #rule(kind: string, { onConflict }: UploadDetails): ConflictRule {
    if (onConflict !== undefined) return onConflict
    return kind === 'pe' || kind === 'dbg' ? this.#options.onConflictPe : this.#options.onConflict
  }
}

/** Begins with the time, so that ids sort by it. */
function newPackageId(): string {
  return `${Date.now().toString(36).padStart(9, '0')}-${randomBase32(12)}`
}

/** Why nothing of the package is to be published, if so. */
function refusalOf(
  collected: readonly CollectedFile[],
  { strict }: UploadDetails,
): AppError | undefined {
  const rejected = collected.find(({ kind }) => kind === 'rejected')
  if (rejected?.kind === 'rejected' && strict) {
    return new AppError('package_rejected', `the package is strict and ${describe(rejected)}`)
  }
  if (collected.some(({ kind }) => kind === 'accepted')) return undefined
  const [first] = collected
  const example = first === undefined ? 'it holds no files' : describe(rejected ?? first)
  return new AppError('nothing_to_store', `no file of the upload can be stored: ${example}`)
}

function describe(file: CollectedFile): string {
  return file.kind === 'accepted'
    ? file.path
    : `${JSON.stringify(file.path)} was ${file.kind} (${file.reason})`
}

function toManifest(
  id: string,
  details: UploadDetails,
  files: readonly PackageFile[],
  refusal: AppError | undefined,
): PackageManifest {
  const { tag, product, version, comment } = details
  return {
    format: 1,
    id,
    tag,
    ...(product !== undefined && { product }),
    ...(version !== undefined && { version }),
    ...(comment !== undefined && { comment }),
    protected: false,
    verdict:
      refusal !== undefined || files.some(({ status }) => status === 'rejected')
        ? 'failed'
        : 'good',
    receivedAtMs: Date.now(),
    files,
  }
}

/** The row of a file that would have been stored but for the refusal of its package. */
function withheld(file: PackageFile): PackageFile {
  if (file.status !== 'stored') return file
  return {
    path: file.path,
    keys: file.keys,
    status: 'skipped',
    reason: 'good, but the package was refused',
  }
}
