import { createHash } from 'node:crypto'
import { INTERNAL_FOLDER } from '../internal-folder.ts'
import type { RecordStore, StoredRecord } from '../record-store.ts'
import type { S3Bucket } from './s3-bucket.ts'

const FOLDER = `${INTERNAL_FOLDER}/packages/`

/** Records as objects `.symgate/packages/<name>` below the prefix of a store's bucket. */
export class S3Records implements RecordStore {
  readonly isShared = true
  readonly #bucket: S3Bucket

  constructor(bucket: S3Bucket) {
    this.#bucket = bucket
  }

  async put(name: string, text: string): Promise<void> {
    const bytes = Buffer.from(text)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    await this.#bucket.put(FOLDER + name, bytes, { sha256 })
  }

  async get(name: string): Promise<string | undefined> {
    return (await this.#bucket.getText(FOLDER + name))?.text
  }

  async remove(name: string): Promise<void> {
    await this.#bucket.delete([FOLDER + name])
  }

  async list(): Promise<readonly StoredRecord[]> {
    const found: StoredRecord[] = []
    for await (const page of this.#bucket.list({ folder: FOLDER })) {
      for (const { key, etag } of page)
        found.push({ name: key.slice(FOLDER.length), version: etag })
    }
    return found
  }

  locate(name: string): string {
    return `${this.#bucket.url}: ${FOLDER}${name}`
  }
}
