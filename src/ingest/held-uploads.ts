import { Readable } from 'node:stream'
import { AppError } from '../lib/app-error.ts'
import { randomBase32 } from '../lib/random-base32.ts'
import type { Semaphore } from '../lib/semaphore.ts'
import type { StagingFolder } from '../storage/blob-store.ts'
import { DEFAULT_DETAILS } from './default-details.ts'
import { diskFull } from './disk-full.ts'
import type { Ingest, IngestResult } from './ingest.ts'
import type { PackageRecorder } from './package-recorder.ts'
import { spoolBody } from './spool-body.ts'
import type { Uploader } from './upload.ts'

/** Uploads that are announced or sent and not completed. */
const MAX_HELD = 1000

/** One that is not completed in this time is given up. */
const HOLD_MS = 3_600_000

/** Characters of a key: it is all that a client presents that sends the body. */
const KEY_LENGTH = 40

export interface HeldUploadsOptions {
  readonly ingest: Ingest
  readonly recorder: PackageRecorder
  /** The turns of all uploads. */
  readonly permits: Semaphore
  readonly now?: () => number
}

/** A body that was sent. */
interface Body {
  readonly folder: StagingFolder
  readonly bytes: number
  open(): Readable
}

interface Held {
  readonly uploader: Uploader
  readonly createdAtMs: number
  body: Body | undefined
}

/** Uploads in three steps: announced, sent, completed (Breakpad's sym-upload v2). Not completed ones leave nothing. */
export class HeldUploads {
  readonly #options: HeldUploadsOptions
  readonly #now: () => number
  readonly #held = new Map<string, Held>()

  constructor(options: HeldUploadsOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** Announces an upload; gives the key by which it is sent and completed. Fails with `busy` when too many are held. */
  create(uploader: Uploader): string {
    if (this.#held.size >= MAX_HELD)
      throw new AppError('busy', `${MAX_HELD} uploads are announced and not completed`)
    const key = randomBase32(KEY_LENGTH)
    this.#held.set(key, { uploader, createdAtMs: this.#now(), body: undefined })
    return key
  }

  /**
   * Keeps the body of an announced upload, in the place of one that was sent before. Fails with `not_found` for
   * a key that is not held (any more), and as `Ingest.receive` while the body is read.
   */
  async keep(key: string, body: Readable, sentBytes: () => number): Promise<void> {
    const held = this.#get(key)
    await this.#options.permits.run(async () => {
      const { ingest, recorder } = this.#options
      const upload = { uploader: held.uploader, sentBytes, details: () => DEFAULT_DETAILS }
      let folder: StagingFolder | undefined
      let open: () => Readable
      try {
        folder = await ingest.open(upload)
        open = await spoolBody(body, folder, (bytes) => ingest.proceed(bytes))
      } catch (cause) {
        await folder?.discard()
        const failure = diskFull(cause)
        await recorder.failed(upload, failure)
        throw failure
      }
      // Completed meanwhile, what was sent before is being published; or it was given up.
      const isHeld = this.#held.get(key) === held
      const before = isHeld ? held.body?.folder : folder
      if (isHeld) held.body = { folder, bytes: sentBytes(), open }
      await before?.discard()
      if (!isHeld) throw notHeld()
    })
  }

  /**
   * Publishes what was sent. `name` is the file's, for contents that do not tell it. Fails with `not_found`
   * for a key that is not held or another's, with `request_invalid` when nothing was sent, and as `Ingest.receive`.
   */
  async complete(
    key: string,
    uploader: Uploader,
    { requestId, name }: { readonly requestId: string; readonly name: string | undefined },
  ): Promise<IngestResult> {
    this.#sent(key, uploader)
    // Only with its turn: whoever is told to come again finds it as it was.
    return await this.#options.permits.run(() => this.#publish(key, uploader, { requestId, name }))
  }

  async #publish(
    key: string,
    uploader: Uploader,
    { requestId, name }: { readonly requestId: string; readonly name: string | undefined },
  ): Promise<IngestResult> {
    const { body, createdAtMs } = this.#sent(key, uploader)
    this.#held.delete(key)
    const stream = body.open()
    const upload = {
      requestId,
      uploader,
      sentBytes: () => body.bytes,
      parts: Readable.from([{ body: stream, fileName: name }]),
      details: () => DEFAULT_DETAILS,
    }
    try {
      return await this.#options.ingest.process(body.folder, upload, createdAtMs, () => {})
    } finally {
      stream.destroy()
      await body.folder.discard()
    }
  }

  /** Gives up what was not completed in time. */
  async sweep(): Promise<void> {
    const before = this.#now() - HOLD_MS
    for (const [key, held] of this.#held) {
      if (held.createdAtMs > before) continue
      this.#held.delete(key)
      await held.body?.folder.discard()
    }
  }

  /** What this uploader has announced and sent. */
  #sent(key: string, uploader: Uploader): Pick<Held, 'createdAtMs'> & { readonly body: Body } {
    const { body, createdAtMs, uploader: owner } = this.#get(key)
    if (owner.id !== uploader.id) throw notHeld()
    if (body === undefined) throw new AppError('request_invalid', 'the upload was not sent')
    return { body, createdAtMs }
  }

  #get(key: string): Held {
    const held = this.#held.get(key)
    if (held === undefined) throw notHeld()
    return held
  }
}

function notHeld(): AppError {
  return new AppError('not_found', 'there is no such upload to be sent or completed')
}
