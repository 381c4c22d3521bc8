import type { BlobTable, IndexedBlob } from '../db/blob-table.ts'
import { forEachParallel } from '../lib/for-each-parallel.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import { identityKey } from '../symbols/identity.ts'
import { parseSymbolPath } from '../symbols/symbol-path.ts'

/** Looks at the store that run at once for one question. */
const WIDTH = 8

/** A file that an uploader has. */
export interface AskedFile {
  /** Symbol path `name/id/file`, of any layout and spelling. */
  readonly path: string
  readonly size: number
  /** Hex of either case. */
  readonly sha256: string
}

/** `present`: these bytes are hosted; `different`: others are, under the same id; `absent`: nothing is. */
export type Presence =
  | { readonly state: 'present'; readonly blob: IndexedBlob }
  | { readonly state: 'absent' | 'different' }

/** Answers which of the files of an uploader are hosted, so that only the others need be sent. */
export class PresenceCheck {
  readonly #blobs: BlobTable
  readonly #store: Pick<BlobStore, 'stat'>

  constructor({
    blobs,
    store,
  }: {
    readonly blobs: BlobTable
    readonly store: Pick<BlobStore, 'stat'>
  }) {
    this.#blobs = blobs
    this.#store = store
  }

  /** What is known of each file, in their order; what is no symbol path is absent. */
  async check(files: readonly AskedFile[]): Promise<readonly Presence[]> {
    const found: Presence[] = files.map(() => ({ state: 'absent' }))
    await forEachParallel(files.entries(), WIDTH, async ([index, file]) => {
      found[index] = await this.#checkFile(file)
    })
    return found
  }

  async #checkFile({ path, size, sha256 }: AskedFile): Promise<Presence> {
    const match = parseSymbolPath(path.split('/').filter((segment) => segment !== ''))
    if (match.kind !== 'symbol') return { state: 'absent' }
    let state: 'absent' | 'different' = 'absent'
    for (const identity of match.path.identities) {
      const blob = this.#blobs.owner(identityKey(identity), 'hosted')
      // What somebody removed from the tree by hand has to be sent again.
      if (blob === undefined || (await this.#store.stat(blob.key))?.size !== blob.size) continue
      if (blob.etag === sha256.toLowerCase() && blob.size === size)
        return { state: 'present', blob }
      state = 'different'
    }
    return { state }
  }
}
