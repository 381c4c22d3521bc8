import type { ArchiveLimits } from '../archives/archive-limits.ts'
import type { ArchiveTools } from '../archives/tools/archive-tools.ts'
import type { CabinetThreads } from '../cabinet/cabinet-threads.ts'
import type { BlobTable } from '../db/blob-table.ts'
import type { PackageHoldings } from '../db/package-holdings.ts'
import { AppError } from '../lib/app-error.ts'
import type { FreeSpace } from '../lib/free-space.ts'
import { RunningWork } from '../lib/running-work.ts'
import type { Semaphore } from '../lib/semaphore.ts'
import type { BlobStore, StagingFolder } from '../storage/blob-store.ts'
import type { PackageFile, PackageManifest } from '../storage/package-manifest.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { checkTag } from './check-tag.ts'
import { collectFiles } from './collect-files.ts'
import type { CollectedFile } from './collected-file.ts'
import { compareWithCache } from './compare-with-cache.ts'
import { diskFull } from './disk-full.ts'
import { limitNames } from './limit-names.ts'
import { newPackageId } from './new-package-id.ts'
import type { PackageRecorder } from './package-recorder.ts'
import { planPackage } from './plan-package.ts'
import type { Publisher } from './publisher.ts'
import type { Unpublisher } from './unpublisher.ts'
import { stagedNote } from './staged-note.ts'
import { toManifest } from './to-manifest.ts'
import type { ConflictRule, Upload, UploadDetails } from './upload.ts'

export interface IngestOptions {
  readonly store: BlobStore
  /** What came from upstreams, to compare with. */
  readonly cache: Pick<BlobStore, 'open'>
  readonly blobs: BlobTable
  readonly holdings: PackageHoldings
  readonly publisher: Publisher
  readonly unpublisher: Unpublisher
  readonly recorder: PackageRecorder
  /** How many uploads may be received at once, and how many may wait. */
  readonly permits: Semaphore
  /** One package is published at a time. */
  readonly commit: Semaphore
  readonly limits: ArchiveLimits
  /** Of the disk where uploads arrive. */
  readonly space: Pick<FreeSpace, 'isLow' | 'minBytes'>
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
  readonly #work = new RunningWork()

  constructor(options: IngestOptions) {
    this.#options = options
  }

  /**
   * Waits up to `graceMs` for the uploads that run; those that are not yet being published then fail with
   * `upload_interrupted`, as does everything that comes later.
   */
  async close(graceMs: number): Promise<void> {
    const why = 'the server stops; the upload is to be sent again'
    await this.#work.close(graceMs, new AppError('upload_interrupted', why))
  }

  /**
   * Receives an upload and publishes it; everything listed as stored is durable when this resolves.
   * `certain` is called once when nothing but trouble with the store can fail the upload any more.
   *
   * Fails with `busy`, `limit_exceeded`, `upload_interrupted`, `archive_damaged`, `archive_hostile`,
   * `unsupported_format`, `name_required`, `request_invalid`, `token_limited` or `disk_full`. Whatever it
   * fails with but `busy` is kept in the history.
   */
  async receive(upload: Upload, certain: () => void): Promise<IngestResult> {
    return await this.#work.run(() =>
      this.#options.permits.run(async () => {
        const folder = await this.open(upload).catch(async (failure: unknown) => {
          await this.#options.recorder.failed(upload, failure)
          throw failure
        })
        return await this.process(folder, upload, Date.now(), certain)
      }),
    )
  }

  /** Rejects when so many bytes more are not to be received: with `upload_interrupted` or `disk_full`. */
  async proceed(bytes: number): Promise<void> {
    this.#work.signal.throwIfAborted()
    await this.#requireSpace(bytes)
  }

  /** Makes the staging folder of a new package, whose id it has; what is known of the upload lies in it. */
  async open(upload: Pick<Upload, 'uploader' | 'details'>): Promise<StagingFolder> {
    await this.#requireSpace()
    let folder: StagingFolder | undefined
    try {
      folder = await this.#options.store.stage(newPackageId())
      await stagedNote.write(folder, upload)
      return folder
    } catch (cause) {
      await folder?.discard()
      throw diskFull(cause)
    }
  }

  /** As `receive`, for an upload that has its turn and its folder already; the folder is gone afterwards. */
  process(
    folder: StagingFolder,
    upload: Upload,
    receivedAtMs: number,
    certain: () => void,
  ): Promise<IngestResult> {
    return this.#work.run(() => this.#process(folder, upload, receivedAtMs, certain))
  }

  async #process(
    folder: StagingFolder,
    upload: Upload,
    receivedAtMs: number,
    certain: () => void,
  ): Promise<IngestResult> {
    const { limits, cabinets, tools, recorder } = this.#options
    try {
      const options = {
        folder,
        limits,
        cabinets,
        tools,
        proceed: (bytes: number) => this.proceed(bytes),
      }
      const collected = await collectFiles(upload.parts, options)
      const details = upload.details()
      checkTag(details.tag, upload.uploader)
      const allowed = collected.map((file) => limitNames(file, upload.uploader))
      const alerts = await this.#alerts(allowed)
      return await this.#settle(allowed, upload, { folder, receivedAtMs, details, alerts }, certain)
    } catch (cause) {
      const failure = diskFull(cause)
      await recorder.failed(upload, failure, { id: folder.id, receivedAtMs })
      throw failure
    } finally {
      await folder.discard()
    }
  }

  async #settle(
    collected: readonly CollectedFile[],
    upload: Upload,
    { folder, receivedAtMs, details, alerts }: Settling,
    certain: () => void,
  ): Promise<IngestResult> {
    const { commit, publisher, unpublisher, recorder, count, metrics, log } = this.#options
    const { id } = folder
    const { manifest, refusal } = await commit.run(async (): Promise<IngestResult> => {
      this.#work.signal.throwIfAborted()
      await unpublisher.finish()
      const ruleFor = (kind: string): ConflictRule => this.#rule(kind, details)
      const { uploader } = upload
      const plan = await planPackage(collected, { ...this.#options, uploader, ruleFor })
      const base = { id, receivedAtMs, details }
      const refusal = refusalOf(plan.files, details)
      if (refusal !== undefined)
        return { manifest: toManifest(base, upload, plan.files.map(withheld), true), refusal }
      const files = plan.files.map((file) => withAlert(file, alerts))
      const settled = toManifest(base, upload, files, false)
      certain()
      await publisher.publish(settled, folder, plan)
      return { manifest: settled, refusal }
    })
    if (refusal !== undefined) {
      await recorder.refused(manifest, refusal)
      return { manifest, refusal }
    }
    const { verdict, files } = manifest
    count(`packages.${verdict}`, 1)
    for (const file of files) {
      metrics.uploadedFiles.inc({ status: file.status })
      if (file.alert === undefined) continue
      metrics.uploadAlerts.inc()
      log.warn(
        { package: id, path: file.path, key: file.keys[0], alert: file.alert },
        'upload alert',
      )
    }
    log.info(
      { id: upload.requestId, package: id, tag: details.tag, verdict, files: files.length },
      'package published',
    )
    await recorder.published(manifest)
    return { manifest, refusal }
  }

  /** What is to be looked at, by staged file; before the turn to publish, for it may read large files. */
  async #alerts(collected: readonly CollectedFile[]): Promise<ReadonlyMap<string, string>> {
    const { blobs, cache, log } = this.#options
    const alerts = new Map<string, string>()
    for (const file of collected) {
      try {
        const alert = await compareWithCache(file, blobs, cache)
        if (alert !== undefined && file.kind === 'accepted') alerts.set(file.staged, alert)
      } catch (err) {
        log.warn({ err, path: file.path }, 'file could not be compared with its cached copy')
      }
    }
    return alerts
  }

  async #requireSpace(bytes = 0): Promise<void> {
    const { space } = this.#options
    if (!(await space.isLow(bytes))) return
    const what = `less than limits.min_free_space (${space.minBytes} bytes) is free on the store's disk`
    throw new AppError('disk_full', what)
  }

  #rule(kind: string, { onConflict }: UploadDetails): ConflictRule {
    if (onConflict !== undefined) return onConflict
    return kind === 'pe' || kind === 'dbg' ? this.#options.onConflictPe : this.#options.onConflict
  }
}

/** Why nothing of the package is to be published, if so. */
function refusalOf(files: readonly PackageFile[], { strict }: UploadDetails): AppError | undefined {
  const rejected = files.find(({ status }) => status === 'rejected')
  if (rejected !== undefined && strict) {
    return new AppError('package_rejected', `the package is strict and ${describe(rejected)}`)
  }
  if (files.some(({ status }) => status !== 'rejected' && status !== 'skipped')) return undefined
  const [first] = files
  const example = first === undefined ? 'it holds no files' : describe(rejected ?? first)
  return new AppError('nothing_to_store', `no file of the upload can be stored: ${example}`)
}

function describe({ path, status, reason }: PackageFile): string {
  return `${JSON.stringify(path)} was ${status} (${reason ?? 'no reason'})`
}

/** What is settled beside the files. */
interface Settling {
  readonly folder: StagingFolder
  readonly receivedAtMs: number
  readonly details: UploadDetails
  readonly alerts: ReadonlyMap<string, string>
}

function withAlert(file: PackageFile, alerts: ReadonlyMap<string, string>): PackageFile {
  const alert = file.blob?.staged === undefined ? undefined : alerts.get(file.blob.staged)
  return alert === undefined ? file : { ...file, alert }
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
