import { LRUCache } from 'lru-cache'
import type { BlobTable, IndexedBlob } from '../db/blob-table.ts'
import { identityKey } from '../symbols/identity.ts'
import type { SymbolPath } from '../symbols/symbol-path.ts'
import type { FillOutcome, FillService, Starter } from './fill-service.ts'

/** Answers kept in memory, about 20 MB when full; absent files are not among them. */
const MAX_RECENT = 50_000

/** A stored file, and the state of the index in which it was found. */
export interface FoundBlob {
  readonly kind: 'blob'
  readonly blob: IndexedBlob
  readonly revision: number
}

/** Who asks, and what of the request is passed on to the upstreams. */
export interface Requester extends Omit<Starter, 'via'> {
  /** The symgates that the request has passed, for the next one; undefined when this one is among them. */
  readonly via: string | undefined
}

/** The file is here, is being fetched, could be asked for, or is nowhere as far as is known. */
export type Prospect = 'stored' | 'running' | 'possible' | 'none'

/** Where a file is, or why there is none. */
export type LookupAnswer = FoundBlob | FillOutcome

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
  readonly #recent = new LRUCache<string, IndexedBlob>({ max: MAX_RECENT })
  #recentRevision = 0

  constructor({ blobs, fills, isIndexComplete }: LookupOptions) {
    this.#blobs = blobs
    this.#fills = fills
    this.#isIndexComplete = isIndexComplete
  }

  /**
   * Finds the file or has it fetched; nobody is asked for a request that has passed this symgate before.
   */
  async resolve(path: SymbolPath, requester: Requester): Promise<LookupAnswer> {
    if (path.form === 'compressed' || path.form === 'pointer') {
      return { kind: 'absent', reason: 'absent' }
    }
    const stored = this.stored(path)
    if (stored !== undefined) return stored
    if (!this.#isIndexComplete()) return { kind: 'absent', reason: 'trouble' }
    const { via } = requester
    if (via === undefined) return { kind: 'absent', reason: 'absent' }
    const outcome = await this.#fills.request(path, { ...requester, via })
    // It may have been uploaded while the upstreams were asked.
    return (outcome.kind === 'absent' ? this.stored(path) : undefined) ?? outcome
  }

  /** What can be expected of `resolve` at this moment; nobody is asked. */
  prospect(path: SymbolPath, requester: Requester): Prospect {
    if (this.stored(path) !== undefined) return 'stored'
    const { via } = requester
    if (via === undefined || !this.#isIndexComplete()) return 'none'
    return this.#fills.prospect(path, { ...requester, via })
  }

  /** The file, if it is here; nobody else is asked. */
  stored(path: SymbolPath): FoundBlob | undefined {
    const blob = this.#find(path)
    return blob && { kind: 'blob', blob, revision: this.#blobs.revision }
  }

  /**
   * Forgets a cached blob whose file has gone from the disk, so that it is fetched again. A hosted one
   * stays known: its disk may come back, and an upload looks at the disk itself.
   */
  forget(blob: IndexedBlob): void {
    if (blob.root === 'cache' && this.#blobs.isCurrent(blob))
      this.#blobs.remove(blob.root, blob.key)
  }

  /** Whether the blob's key still holds this content; false from the moment it is replaced. */
  isCurrent({ blob, revision }: FoundBlob): boolean {
    return revision === this.#blobs.revision || this.#blobs.isCurrent(blob)
  }

  #find(path: SymbolPath): IndexedBlob | undefined {
    if (this.#recentRevision !== this.#blobs.revision) {
      this.#recent.clear()
      this.#recentRevision = this.#blobs.revision
    }
    const recent = this.#recent.get(path.canonical)
    if (recent !== undefined) return recent
    const blob = this.#blobs.find(path.identities.map(identityKey))
    if (blob !== undefined) this.#recent.set(path.canonical, blob)
    return blob
  }
}
