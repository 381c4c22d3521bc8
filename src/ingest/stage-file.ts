import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { writeStreamTo } from '../lib/write-stream-to.ts'
import type { CollectOptions } from './collect-options.ts'
import { diskFull } from './disk-full.ts'

/**
 * Writes a stream to a new file; gives its size in bytes and SHA-256. Fails with `disk_full` when there is no room,
 * and with what `proceed` rejects with.
 */
export async function stageFile(
  source: Readable,
  path: string,
  proceed: CollectOptions['proceed'],
): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256')
  try {
    const see = (piece: Uint8Array): void => void hash.update(piece)
    const size = await writeStreamTo(path, source, { flags: 'wx', proceed, see })
    return { size, sha256: hash.digest('hex') }
  } catch (cause) {
    throw diskFull(cause)
  }
}
