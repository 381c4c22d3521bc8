import { createHash, randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { AppError } from '../../lib/app-error.ts'
import { INTERNAL_FOLDER } from '../internal-folder.ts'
import { failureOf } from './failure-of.ts'
import type { S3Bucket } from './s3-bucket.ts'
import type { WriteCondition } from './write-condition.ts'

const KEY = `${INTERNAL_FOLDER}/lease.json`

/** A lease that was not renewed for so long, by the service's own clock, is nobody's. */
const LIFE_MS = 60_000

const RENEW_EVERY_MS = 15_000

/** The holder itself believes in its lease for a shorter time: a write that it began then may take a while. */
const BELIEVED_MS = 45_000

/** Tries to take a lease that others take and leave at the same time. */
const MAX_ATTEMPTS = 5

/** What the object says; people may read it. */
interface LeaseNote {
  readonly owner: string
  readonly holder: string
  readonly host: string
  readonly pid: number
  readonly since: string
  readonly renewed: string
}

export interface LeaseOptions {
  /** Not under the lease itself. */
  readonly bucket: S3Bucket
  /** Lasts as long as the data folder, of which one process at a time has the lock: its last lease is ours. */
  readonly owner: string
  /** Told of each failure to renew. */
  readonly warn: (error: unknown) => void
}

/**
 * The right to write below a bucket's prefix, which one process has at a time: an object that it renews.
 * Every step is a conditional write on the version that was seen before, so that of two who try one is
 * refused. Who finds that he has lost it, or cannot renew it in time, writes nothing more.
 */
export class Lease {
  readonly #options: LeaseOptions
  readonly #holder = randomUUID()
  readonly #since = new Date().toISOString()
  readonly #timer: NodeJS.Timeout
  #etag = ''
  #renewedAt = 0
  #lostTo: string | undefined
  #renewing: Promise<void> | undefined

  private constructor(options: LeaseOptions) {
    this.#options = options
    this.#timer = setInterval(() => {
      this.#renew().catch(options.warn)
    }, RENEW_EVERY_MS).unref()
  }

  /**
   * Takes the lease. Fails with `folder_in_use` when another process has it, and with `store_unusable` when
   * the service knows no conditional writes.
   */
  static async acquire(options: LeaseOptions): Promise<Lease> {
    const lease = new Lease(options)
    try {
      await lease.#acquire()
      return lease
    } catch (error) {
      clearInterval(lease.#timer)
      throw error
    }
  }

  /** Rejects with `store_unusable` when this process does not have the lease any more, or cannot tell. */
  async assertHeld(): Promise<void> {
    const { url } = this.#options.bucket
    if (this.#lostTo === undefined && performance.now() - this.#renewedAt > BELIEVED_MS) {
      await this.#renew().catch((cause: unknown) => {
        throw new AppError('store_unusable', `cannot renew the lease of ${url}: ${String(cause)}`, {
          cause,
        })
      })
    }
    if (this.#lostTo !== undefined)
      throw new AppError('store_unusable', `${url} is written by ${this.#lostTo} now`)
  }

  /** Gives the lease back, if it is still held. */
  async release(): Promise<void> {
    clearInterval(this.#timer)
    await this.#renewing?.catch(() => {})
    const found = await this.#read()
    if (found?.note?.holder === this.#holder) await this.#options.bucket.delete([KEY])
  }

  async #acquire(): Promise<void> {
    const { bucket, owner } = this.#options
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const found = await this.#read()
      const { note } = found ?? {}
      const age = found === undefined ? 0 : bucket.serviceTimeMs - found.modifiedAtMs
      if (note !== undefined && note.owner !== owner && age < LIFE_MS)
        throw new AppError('folder_in_use', inUse(bucket, note))
      if (await this.#write(found && { ifMatch: found.etag })) return
    }
    throw new AppError('folder_in_use', `others keep taking ${bucket.url}`)
  }

  /** One renewal at a time, for all who ask for it. */
  #renew(): Promise<void> {
    this.#renewing ??= this.#renewNow().finally(() => {
      this.#renewing = undefined
    })
    return this.#renewing
  }

  async #renewNow(): Promise<void> {
    if (this.#lostTo !== undefined || (await this.#write({ ifMatch: this.#etag }))) return
    const found = await this.#read()
    // Somebody has cleaned up; whoever comes first has it.
    if (found === undefined && (await this.#write())) return
    const { note } = found ?? {}
    this.#lostTo = note === undefined ? 'nobody' : `the symgate on ${note.host} (pid ${note.pid})`
    throw new Error(`the lease of ${this.#options.bucket.url} was lost to ${this.#lostTo}`)
  }

  /** Writes our note under the condition (none yet where there is none); false when it did not hold. */
  async #write(condition: WriteCondition = { ifNoneMatch: '*' }): Promise<boolean> {
    const begunAt = performance.now()
    const text = JSON.stringify(this.#note())
    const bytes = Buffer.from(text)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    try {
      await this.#options.bucket.put(KEY, bytes, { sha256, condition })
    } catch (cause) {
      if (failureOf(cause)?.status !== 501) throw cause
      const message = `${this.#options.bucket.url}: the service knows no conditional writes`
      throw new AppError('store_unusable', message, { cause })
    }
    // Whatever was answered: a second try of a write whose first answer was lost is refused.
    const found = await this.#read()
    if (found?.text !== text) return false
    this.#etag = found.etag
    this.#renewedAt = begunAt
    return true
  }

  #note(): LeaseNote {
    return {
      owner: this.#options.owner,
      holder: this.#holder,
      host: hostname(),
      pid: process.pid,
      since: this.#since,
      renewed: new Date().toISOString(),
    }
  }

  async #read() {
    const found = await this.#options.bucket.getText(KEY)
    return found && { ...found, note: parse(found.text) }
  }
}

function inUse({ url }: S3Bucket, { host, pid, since }: LeaseNote): string {
  return (
    `${url} belongs to the symgate on ${host} (pid ${pid}, since ${since}); ` +
    'with store.read_only this one reads it'
  )
}

/** A note that was damaged is nobody's. */
function parse(text: string): LeaseNote | undefined {
  try {
    const note = JSON.parse(text) as Partial<LeaseNote> | null
    return typeof note?.owner === 'string' && typeof note.holder === 'string'
      ? (note as LeaseNote)
      : undefined
  } catch {
    return undefined
  }
}
