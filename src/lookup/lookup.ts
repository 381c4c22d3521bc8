import type { BlobTable, IndexedBlob } from '../db/blob-table.ts'
import { identityKey } from '../symbols/identity.ts'
import type { SymbolPath } from '../symbols/symbol-path.ts'
import type { FillOutcome, FillService } from './fill-service.ts'

/** Where a file is, or why there is none. */
export type LookupAnswer = { readonly kind: 'blob'; readonly blob: IndexedBlob } | FillOutcome

export interface LookupOptions {
  readonly blobs: BlobTable
  readonly fills: FillService
  /** Whether the index knows every file of the store, or is still being rebuilt. */
  readonly isIndexComplete: () => boolean
}

/** The way from a symbol path to a blob: hosted, cached, remembered miss, fill. */
export class Lookup {
  readonly #blobs: BlobTable
  readonly #fills: FillService
  readonly #isIndexComplete: () => boolean

  constructor({ blobs, fills, isIndexComplete }: LookupOptions) {
    this.#blobs = blobs
    this.#fills = fills
    this.#isIndexComplete = isIndexComplete
  }

  /** Finds the file without asking anybody, or gives undefined. */
  find(path: SymbolPath): IndexedBlob | undefined {
    return this.#blobs.find(path.identities.map(identityKey))
  }

  /**
   * Finds the file or has it fetched. `via` names the symgates that the request has passed, undefined
   * when it has passed this one: then nobody is asked.
   */
  async resolve(path: SymbolPath, via: string | undefined): Promise<LookupAnswer> {
    if (path.form === 'compressed' || path.form === 'pointer' || path.form === 'msfz') {
      return { kind: 'absent', reason: 'absent' }
    }
    const blob = this.find(path)
    if (blob !== undefined) return { kind: 'blob', blob }
    if (!this.#isIndexComplete()) return { kind: 'absent', reason: 'trouble' }
    if (via === undefined) return { kind: 'absent', reason: 'absent' }
    return this.#fills.request(path, via)
  }

  /** Forgets a blob whose file has gone from the disk, so that it can be fetched or uploaded again. */
  forget(blob: IndexedBlob): void {
    if (this.#blobs.isCurrent(blob)) this.#blobs.remove(blob.root, blob.key)
  }

  /** Whether the key of the blob still holds this content; false from the moment it is replaced. */
  isCurrent(blob: IndexedBlob): boolean {
    return this.#blobs.isCurrent(blob)
  }
}
