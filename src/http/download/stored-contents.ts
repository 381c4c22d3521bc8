import { LRUCache } from 'lru-cache'
import type { FoundBlob, Lookup } from '../../lookup/lookup.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import type { Content } from './content.ts'
import { blobContent } from './blob-content.ts'

export interface StoredContentsOptions {
  readonly lookup: Pick<Lookup, 'isCurrent'>
  readonly hosted: BlobStore
  readonly cache: Pick<BlobStore, 'open'>
  /** How much of small blobs stays in memory; `maxBytes` 0: nothing. */
  readonly memoryCache: { readonly maxBytes: number; readonly maxBlobBytes: number }
}

/** Stored files as they can be sent; small ones are kept in memory. */
export class StoredContents {
  readonly #options: StoredContentsOptions
  readonly #memory: LRUCache<number, Uint8Array> | undefined

  constructor(options: StoredContentsOptions) {
    this.#options = options
    const { maxBytes } = options.memoryCache
    if (maxBytes > 0)
      this.#memory = new LRUCache({
        maxSize: maxBytes,
        sizeCalculation: (bytes) => bytes.byteLength,
      })
  }

  /** The content of what a lookup has found. */
  of(found: FoundBlob): Content {
    const { hosted, cache, lookup, memoryCache } = this.#options
    const { blob } = found
    const memory = blob.size <= memoryCache.maxBlobBytes ? this.#memory : undefined
    const store = blob.root === 'hosted' ? hosted : cache
    return blobContent(blob, store, () => lookup.isCurrent(found), memory)
  }
}
