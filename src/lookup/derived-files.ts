import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { writeCabinet } from '../cabinet/write-cabinet.ts'
import type { BlobTable, IndexedBlob } from '../db/blob-table.ts'
import { randomBase32 } from '../lib/random-base32.ts'
import { Semaphore } from '../lib/semaphore.ts'
import type { BlobStore, OpenBlob, StoredBlob } from '../storage/blob-store.ts'

/** What can be made of a file: a cabinet of it, or the same bytes with gzip. */
export type DerivedForm = 'cabinet' | 'gzip'

/** A made file. It may be gone when it is opened. */
export interface DerivedFile {
  readonly size: number
  open(): Promise<OpenBlob | undefined>
}

/** Files made at once: each keeps several threads busy with compression, and others need some too. */
const MAX_MAKING = 2

const READ_BYTES = 1 << 18

/** Files that one `shrink` removes at most. */
const MAX_SHRUNK = 10_000

export interface DerivedFilesOptions {
  /** Keeps what was made; it can be lost at any time. */
  readonly store: BlobStore
  readonly blobs: BlobTable
}

/**
 * Compressed forms of stored files, made once each and kept on disk. They are filed under the id and the
 * version of the blob that they were made of, so that none is ever found for other content; `sweep`
 * removes those whose blob has gone.
 */
export class DerivedFiles {
  readonly #store: BlobStore
  readonly #blobs: BlobTable
  readonly #permits = new Semaphore(MAX_MAKING)
  readonly #making = new Map<string, Promise<boolean>>()
  #sweptRevision: number | undefined
  #bytes = 0
  #closed = false

  constructor({ store, blobs }: DerivedFilesOptions) {
    this.#store = store
    this.#blobs = blobs
  }

  /** Bytes of everything that was made, as far as it has been counted: all of it after the first sweep. */
  get bytes(): number {
    return this.#bytes
  }

  /** The form of this blob that was made before, or undefined. */
  async find(form: DerivedForm, blob: IndexedBlob): Promise<DerivedFile | undefined> {
    const key = keyOf(form, blob)
    const stored = await this.#store.stat(key)
    return stored && { size: stored.size, open: () => this.#store.open(key) }
  }

  /**
   * The form of this blob, made if need be; whoever asks meanwhile waits for the same. `open` opens the
   * blob; resolves undefined when it does. Rejects with `limit_exceeded` where a file is too large for a
   * cabinet, and with what went wrong in reading and writing.
   */
  async make(
    form: DerivedForm,
    blob: IndexedBlob,
    open: () => Promise<OpenBlob | undefined>,
  ): Promise<DerivedFile | undefined> {
    const made = await this.find(form, blob)
    if (made !== undefined) return made
    const key = keyOf(form, blob)
    let making = this.#making.get(key)
    if (making === undefined) {
      making = this.#permits
        .run(() => this.#make(form, blob, open))
        .finally(() => this.#making.delete(key))
      this.#making.set(key, making)
    }
    return (await making) ? await this.find(form, blob) : undefined
  }

  /** Removes what was made of blobs that are no longer there, if any can have gone since the last time. */
  async sweep(): Promise<void> {
    const { revision } = this.#blobs
    if (this.#sweptRevision === revision) return
    this.#bytes = 0
    for await (const { key, size } of this.#store.list()) {
      this.#bytes += size
      const [, id, etag] = /^\w+\/(\d+)-(.+)$/.exec(key) ?? []
      const blob = this.#blobs.byId(Number(id))
      if (blob === undefined || blob.etag !== etag) await this.#delete(key, size)
    }
    this.#sweptRevision = revision
  }

  /** Removes what was made of this blob. */
  async drop(blob: Pick<IndexedBlob, 'id' | 'etag'>): Promise<void> {
    for (const form of ['cabinet', 'gzip'] as const) {
      const stored = await this.#store.stat(keyOf(form, blob))
      if (stored !== undefined) await this.#delete(stored.key, stored.size)
    }
  }

  /** Removes what was made the longest ago until no more than `maxBytes` are left. */
  async shrink(maxBytes: number): Promise<void> {
    if (this.#bytes <= maxBytes) return
    let all: StoredBlob[] = []
    for await (const stored of this.#store.list()) {
      all.push(stored)
      if (all.length >= 2 * MAX_SHRUNK) all = oldest(all)
    }
    for (const { key, size } of oldest(all)) {
      if (this.#bytes <= maxBytes) return
      await this.#delete(key, size)
    }
  }

  /** Gives up what is being made, and waits for that. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#making.values())
  }

  async #delete(key: string, size: number): Promise<void> {
    await this.#store.delete([key])
    this.#bytes = Math.max(0, this.#bytes - size)
  }

  async #make(
    form: DerivedForm,
    blob: IndexedBlob,
    open: () => Promise<OpenBlob | undefined>,
  ): Promise<boolean> {
    const source = await open()
    if (source === undefined) return false
    try {
      const folder = await this.#store.stage(randomBase32(16))
      try {
        const staged = folder.path(form)
        await write(form, blob, this.#read(source, blob.size), staged)
        await this.#store.secure(folder, [staged])
        const key = keyOf(form, blob)
        await this.#store.publish([{ staged, key }])
        this.#bytes += (await this.#store.stat(key))?.size ?? 0
        return true
      } finally {
        await folder.discard()
      }
    } finally {
      source.close()
    }
  }

  async *#read(source: OpenBlob, size: number): AsyncGenerator<Uint8Array> {
    for (let position = 0; position < size;) {
      if (this.#closed) throw new Error('the server stops')
      const buffer = new Uint8Array(Math.min(READ_BYTES, size - position))
      const count = await source.read(buffer, position)
      if (count === 0) throw new Error(`the file ended at ${position} of ${size} bytes`)
      yield buffer.subarray(0, count)
      position += count
    }
  }
}

function oldest(files: readonly StoredBlob[]): StoredBlob[] {
  return files.toSorted((a, b) => a.mtimeMs - b.mtimeMs).slice(0, MAX_SHRUNK)
}

function keyOf(form: DerivedForm, { id, etag }: Pick<IndexedBlob, 'id' | 'etag'>): string {
  return `${form}/${id}-${etag}`
}

async function write(
  form: DerivedForm,
  { key, size, modifiedAtMs }: IndexedBlob,
  content: AsyncIterable<Uint8Array>,
  path: string,
): Promise<void> {
  if (form === 'gzip') {
    await pipeline(Readable.from(content), createGzip(), createWriteStream(path, { flags: 'wx' }))
    return
  }
  const name = key.slice(key.lastIndexOf('/') + 1)
  await writeCabinet(content, { name, size, modifiedAt: new Date(modifiedAtMs) }, path)
}
