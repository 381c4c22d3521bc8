import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { ByteRange } from '../../lib/byte-range.ts'
import { forEachParallel } from '../../lib/for-each-parallel.ts'
import { Semaphore } from '../../lib/semaphore.ts'
import type { BlobStore, OpenBlob, Publication, StagingFolder, StoredBlob } from '../blob-store.ts'
import { checkKey } from '../check-key.ts'
import { INTERNAL_FOLDER } from '../internal-folder.ts'
import { isStoreKey } from '../is-store-key.ts'
import type { StagingArea } from '../staging-area.ts'
import type { S3Bucket } from './s3-bucket.ts'
import { S3Blob } from './s3-blob.ts'
import { setAside } from './set-aside.ts'
import { uploadFile, type FileUpload } from './upload-file.ts'

/** Files on their way into the bucket at once. */
const WIDTH = 8

/** Files and parts that lie in memory, 8 MiB each at most, on their way into the bucket. */
const MAX_BUFFERS = 6

/** Tries to write an object that others keep writing and deleting: more would mean that the prefix has two owners. */
const MAX_ATTEMPTS = 5

/**
 * Blobs as objects `prefix/name/id/file` of a bucket, which may be read as it is. Files are staged on the
 * local disk and uploaded when they are published; a staged file goes when its object is durable, so that
 * a publication that was cut off goes on where it stopped.
 *
 * Nothing is written over an object unless it is the very version that was looked at.
 */
export class S3Store implements BlobStore {
  readonly #bucket: S3Bucket
  readonly #staging: StagingArea
  readonly #buffers = new Semaphore(MAX_BUFFERS)
  readonly #replacing = new Map<string, Promise<void>>()
  #replacements = 0

  constructor(bucket: S3Bucket, staging: StagingArea) {
    this.#bucket = bucket
    this.#staging = staging
  }

  stage(id: string): Promise<StagingFolder> {
    return this.#staging.stage(id)
  }

  leftovers(): Promise<readonly StagingFolder[]> {
    return this.#staging.leftovers()
  }

  secure(folder: StagingFolder, files: readonly string[]): Promise<void> {
    return this.#staging.secure(folder, files)
  }

  async publish(files: readonly Publication[]): Promise<void> {
    await forEachParallel(files, WIDTH, (file) => this.#publish(file))
  }

  async resume(files: readonly Publication[]): Promise<void> {
    await this.publish(files.filter(({ staged }) => existsSync(staged)))
  }

  async replace(file: Publication, committed: () => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#replacing.set(file.key, promise)
    this.#replacements++
    try {
      await this.#publish(file)
      committed()
    } finally {
      this.#replacing.delete(file.key)
      resolve()
    }
  }

  async open(key: string, expected?: ByteRange): Promise<OpenBlob | undefined> {
    checkKey(key)
    for (;;) {
      await this.#replacing.get(key)
      const before = this.#replacements
      const blob = await S3Blob.open(this.#bucket, key, expected)
      // It may be what replaces the key's content, and whoever describes that not know of it yet.
      if (before === this.#replacements || !this.#replacing.has(key)) return blob
      blob?.close()
    }
  }

  async stat(key: string): Promise<StoredBlob | undefined> {
    const head = await this.#bucket.head(checkKey(key))
    return head && { key, size: head.size, mtimeMs: head.modifiedAtMs, sha256: head.sha256 }
  }

  async delete(keys: readonly string[]): Promise<void> {
    await this.#bucket.delete(keys.map(checkKey))
  }

  async setAside(key: string): Promise<void> {
    await setAside(this.#bucket, checkKey(key), `${INTERNAL_FOLDER}/quarantine/${key}`)
  }

  async *list(after?: string): AsyncIterable<StoredBlob> {
    for await (const page of this.#bucket.list({ after, except: `${INTERNAL_FOLDER}/` })) {
      for (const { key, size, modifiedAtMs } of page)
        if (isStoreKey(key)) yield { key, size, mtimeMs: modifiedAtMs }
    }
  }

  async #publish({ staged, key, sha256 }: Publication): Promise<void> {
    checkKey(key)
    const upload = { path: staged, key, sha256: sha256 ?? (await hashOf(staged)) }
    for (let attempt = 1; !(await this.#write(upload)); attempt++) {
      if (attempt === MAX_ATTEMPTS) throw new Error(`somebody else keeps writing ${key}`)
    }
    await rm(staged, { force: true })
  }

  /** Creates the object, or writes over the one that is there unless it is the same. */
  async #write(upload: FileUpload): Promise<boolean> {
    const { path, key, sha256 } = upload
    const created = await uploadFile(this.#bucket, upload, { ifNoneMatch: '*' }, this.#buffers)
    if (created === 'written') return true
    const present = await this.#bucket.head(key)
    if (present === undefined) return false
    if (present.sha256 === sha256 && present.size === (await stat(path)).size) return true
    const condition = { ifMatch: present.etag }
    return (await uploadFile(this.#bucket, upload, condition, this.#buffers)) === 'written'
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
