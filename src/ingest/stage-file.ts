import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { writeStreamTo } from '../lib/write-stream-to.ts'
import { diskFull } from './disk-full.ts'

/** Writes a stream to a new file; gives its size in bytes and SHA-256. Fails with `disk_full` when there is no room. */
export async function stageFile(
  source: Readable,
  path: string,
): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256')
  try {
    const size = await writeStreamTo(path, source, 'wx', (piece) => hash.update(piece))
    return { size, sha256: hash.digest('hex') }
  } catch (cause) {
    throw diskFull(cause)
  }
}
