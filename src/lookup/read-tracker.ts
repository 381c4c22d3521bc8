import type { BlobStore, OpenBlob } from '../storage/blob-store.ts'

/** Opens blobs of a store and knows which of them are being read. */
export class ReadTracker implements Pick<BlobStore, 'open'> {
  readonly #store: Pick<BlobStore, 'open'>
  readonly #readers = new Map<string, number>()

  constructor(store: Pick<BlobStore, 'open'>) {
    this.#store = store
  }

  /** How many blobs are being read. */
  get size(): number {
    return this.#readers.size
  }

  isRead(key: string): boolean {
    return this.#readers.has(key)
  }

  async open(...[key, ...more]: Parameters<BlobStore['open']>): Promise<OpenBlob | undefined> {
    this.#add(key, 1)
    try {
      const blob = await this.#store.open(key, ...more)
      if (blob === undefined) return undefined
      this.#add(key, 1)
      return {
        read: (target, position) => blob.read(target, position),
        close: () => {
          this.#add(key, -1)
          blob.close()
        },
      }
    } finally {
      this.#add(key, -1)
    }
  }

  #add(key: string, change: number): void {
    const count = (this.#readers.get(key) ?? 0) + change
    if (count === 0) this.#readers.delete(key)
    else this.#readers.set(key, count)
  }
}
