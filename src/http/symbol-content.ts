import type { IndexedBlob } from '../db/blob-table.ts'
import type { ServingFill } from '../lookup/serving-fill.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import type { Content, OpenContent } from './content.ts'

/** The cache of small blobs by their id in the index, which changes with the content. */
interface BlobMemory {
  get(id: number): Uint8Array | undefined
  set(id: number, bytes: Uint8Array): unknown
}

/** A stored blob, read through `memory` where one is given. `isCurrent` tells whether its key still holds it. */
export function blobContent(
  blob: IndexedBlob,
  store: BlobStore,
  memory: BlobMemory | undefined,
  isCurrent: (blob: IndexedBlob) => boolean,
): Content {
  return {
    etag: blob.etag,
    modifiedAtMs: blob.modifiedAtMs,
    size: blob.size,
    bytes: memory?.get(blob.id),
    finalSize: () => Promise.resolve(blob.size),
    open: async () => {
      const opened = await store.open(blob.key)
      if (opened === undefined) return undefined
      if (!isCurrent(blob)) {
        opened.close()
        return undefined
      }
      return memory === undefined ? opened : await remembered(blob, opened, memory)
    },
  }
}

/** A fill that runs, or has just ended. */
export function fillContent({ etag, startedAtMs, size, file }: ServingFill): Content {
  return {
    etag,
    modifiedAtMs: startedAtMs,
    size,
    finalSize: () => file.finalSize(),
    open: () => {
      // It ended while a range waited for the size: the next lookup finds it stored.
      if (!file.join()) return Promise.resolve(undefined)
      return Promise.resolve({
        read: (target, position) => file.read(target, position),
        close: () => void file.leave().catch(() => {}),
      })
    },
  }
}

async function remembered(
  blob: IndexedBlob,
  opened: OpenContent,
  memory: BlobMemory,
): Promise<OpenContent> {
  try {
    const bytes = Buffer.allocUnsafeSlow(blob.size)
    let done = 0
    while (done < blob.size) {
      const count = await opened.read(bytes.subarray(done), done)
      if (count === 0) break
      done += count
    }
    memory.set(blob.id, bytes.subarray(0, done))
    return {
      read: (target, position) => Promise.resolve(bytes.copy(target, 0, position, done)),
      close: () => {},
    }
  } finally {
    opened.close()
  }
}
