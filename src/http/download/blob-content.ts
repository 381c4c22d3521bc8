import type { IndexedBlob } from '../../db/blob-table.ts'
import type { ByteRange } from '../../lib/byte-range.ts'
import type { BlobStore, OpenBlob } from '../../storage/blob-store.ts'
import type { Content } from './content.ts'

/** The cache of small blobs by their id in the index, which changes with the content. */
interface BlobMemory {
  get(id: number): Uint8Array | undefined
  set(id: number, bytes: Uint8Array): unknown
}

/**
 * A stored blob. `isCurrent` tells whether its key still holds it. A small one goes through `memory`,
 * where one is given.
 */
export function blobContent(
  blob: IndexedBlob,
  store: Pick<BlobStore, 'open'>,
  isCurrent: () => boolean,
  memory: BlobMemory | undefined,
): Content {
  const open = async (
    expected: ByteRange = { start: 0, end: blob.size },
  ): Promise<OpenBlob | undefined> => {
    const opened = await store.open(blob.key, expected)
    if (opened === undefined) return undefined
    // Whoever else writes the store has put other bytes there, and the index is still to learn of it.
    const isOther =
      blob.root === 'hosted' && opened.sha256 !== undefined && opened.sha256 !== blob.etag
    if (!isOther && isCurrent()) return opened
    opened.close()
    return undefined
  }
  return {
    etag: blob.etag,
    modifiedAtMs: blob.modifiedAtMs,
    size: blob.size,
    finalSize: () => Promise.resolve(blob.size),
    open,
    whole:
      memory && (async () => memory.get(blob.id) ?? (await readInto(memory, blob, await open()))),
  }
}

async function readInto(
  memory: BlobMemory,
  blob: IndexedBlob,
  opened: OpenBlob | undefined,
): Promise<Uint8Array | undefined> {
  if (opened === undefined) return undefined
  try {
    const bytes = Buffer.allocUnsafeSlow(blob.size)
    let done = 0
    while (done < blob.size) {
      const count = await opened.read(bytes.subarray(done), done)
      if (count === 0) throw new Error(`${blob.key} ended at ${done} of ${blob.size} bytes`)
      done += count
    }
    // The cache takes nothing of no size.
    if (done > 0) memory.set(blob.id, bytes)
    return bytes
  } finally {
    opened.close()
  }
}
