import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { CollectOptions } from './collect-options.ts'
import { diskFull } from './disk-full.ts'
import { guardedWriting } from './guarded-writing.ts'

/** Writes are gathered to this size: small ones cost a system call each. */
const WRITE_BYTES = 1 << 20

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
  let size = 0
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      size += chunk.byteLength
      done(null, chunk)
    },
  })
  try {
    await pipeline(
      source,
      guardedWriting(proceed),
      measure,
      createWriteStream(path, { flags: 'wx', highWaterMark: WRITE_BYTES }),
    )
  } catch (cause) {
    throw diskFull(cause)
  }
  return { size, sha256: hash.digest('hex') }
}
