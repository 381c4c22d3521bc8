import type { Readable } from 'node:stream'
import { AppError } from '../lib/app-error.ts'
import type { Semaphore } from '../lib/semaphore.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { StagingFolder } from '../storage/blob-store.ts'
import { diskFull } from './disk-full.ts'
import type { Ingest } from './ingest.ts'
import type { PackageRecorder } from './package-recorder.ts'
import { spoolBody } from './spool-body.ts'
import type { Upload, UploadPart } from './upload.ts'

export interface AsyncUploadsOptions {
  readonly ingest: Ingest
  readonly recorder: PackageRecorder
  /** The turns of all uploads: one that goes on in the background keeps its own until its end. */
  readonly permits: Semaphore
  readonly metrics: Metrics
  readonly log: Logger
}

/** An upload whose body is kept before it is looked at. */
export interface AsyncUpload extends Omit<Upload, 'parts'> {
  readonly body: Readable
  /** Opens the kept body. */
  parts(body: Readable): AsyncIterable<UploadPart>
}

/** Uploads whose senders do not wait: answered when the body is here, processed afterwards. */
export class AsyncUploads {
  readonly #options: AsyncUploadsOptions
  readonly #running = new Set<Promise<void>>()

  constructor(options: AsyncUploadsOptions) {
    this.#options = options
  }

  /**
   * Keeps the body and resolves the package's id; it is processed from then on, and the history tells how it
   * ends. Fails, and no file is kept, with `busy`, `limit_exceeded`, `upload_interrupted`, `request_invalid`
   * or `disk_full`. What a stop of the server cuts off has failed at the next start.
   */
  accept(upload: AsyncUpload): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const work = this.#options.permits
      .run(() => this.#run(upload, resolve))
      .catch(reject)
      .finally(() => this.#running.delete(work))
    this.#running.add(work)
    return promise
  }

  /** Waits up to `graceMs` for the uploads that run. */
  async close(graceMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, graceMs)
    await Promise.race([promise, Promise.allSettled(this.#running)])
    clearTimeout(timer)
  }

  async #run(upload: AsyncUpload, accepted: (id: string) => void): Promise<void> {
    const { ingest, recorder } = this.#options
    const receivedAtMs = Date.now()
    let folder: StagingFolder | undefined
    let open: () => Readable
    try {
      folder = await ingest.open(upload)
      open = await spoolBody(upload.body, folder, (bytes) => ingest.proceed(bytes))
      const { uploader, sentBytes, details } = upload
      const base = { tokenId: uploader?.id, sentBytes: sentBytes?.(), receivedAtMs }
      await recorder.running({ id: folder.id, ...base }, details())
    } catch (cause) {
      await folder?.discard()
      const failure = diskFull(cause)
      await recorder.failed(upload, failure)
      throw failure
    }
    accepted(folder.id)
    const { metrics, log } = this.#options
    const body = open()
    try {
      const processed = { ...upload, parts: upload.parts(body) }
      const result = await ingest.process(folder, processed, receivedAtMs, () => {})
      metrics.uploads.inc({ outcome: result.refusal?.code ?? result.manifest.verdict })
    } catch (err) {
      // Its sender, who has been answered, reads the reason in the history.
      const isKnown = err instanceof AppError
      metrics.uploads.inc({ outcome: isKnown ? err.code : 'internal' })
      const facts = { err, id: upload.requestId, package: folder.id }
      if (isKnown) log.info(facts, 'asynchronous upload failed')
      else log.error(facts, 'asynchronous upload failed')
    } finally {
      body.destroy()
    }
  }
}
