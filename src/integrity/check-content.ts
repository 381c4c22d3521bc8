import { createHash } from 'node:crypto'
import type { IndexedBlob } from '../db/blob-table.ts'
import { readAt } from '../lib/read-at.ts'
import type { Throttle } from '../lib/throttle.ts'
import type { OpenBlob } from '../storage/blob-store.ts'
import { identify } from '../symbols/identify.ts'
import { parseSymbolPath } from '../symbols/symbol-path.ts'
import { verifyContent } from '../symbols/verify-content.ts'

/** Read at once: hashing it takes the event loop well under a millisecond. */
const CHUNK_BYTES = 1 << 18

/**
 * What is wrong with a blob's bytes, or undefined: hosted ones are hashed, cached ones, whose hash nobody
 * knows, have to identify as what they are filed as.
 */
export async function checkContent(
  blob: IndexedBlob,
  opened: OpenBlob,
  { throttle, signal }: { readonly throttle: Throttle; readonly signal: AbortSignal },
): Promise<string | undefined> {
  if (blob.root === 'cache') return await checkIdentity(blob, opened)
  const hash = createHash('sha256')
  const buffer = new Uint8Array(CHUNK_BYTES)
  for (let position = 0; ;) {
    const count = await opened.read(buffer, position)
    if (count === 0) break
    hash.update(buffer.subarray(0, count))
    position += count
    await throttle.spend(count, signal)
  }
  const found = hash.digest('hex')
  return found === blob.etag ? undefined : `sha256 is ${found}, was ${blob.etag}`
}

async function checkIdentity(blob: IndexedBlob, opened: OpenBlob): Promise<string | undefined> {
  const path = parseSymbolPath(blob.key.split('/'))
  if (path.kind !== 'symbol') return undefined
  const read = (offset: number, length: number): Promise<Uint8Array> =>
    readAt(opened, offset, length)
  const found = await identify({ size: blob.size, read }, path.path.file)
  return verifyContent(found, path.path).kind === 'mismatch'
    ? 'the content is not what the path says'
    : undefined
}
