import { createHash } from 'node:crypto'
import type { OpenBlob } from '../storage/blob-store.ts'

const CHUNK_BYTES = 1 << 20

/** The SHA-256 of an opened blob in lower-case hex; the blob stays open. */
export async function hashBlob(blob: OpenBlob): Promise<string> {
  const hash = createHash('sha256')
  const buffer = new Uint8Array(CHUNK_BYTES)
  for (let position = 0; ;) {
    const count = await blob.read(buffer, position)
    if (count === 0) return hash.digest('hex')
    hash.update(buffer.subarray(0, count))
    position += count
  }
}
