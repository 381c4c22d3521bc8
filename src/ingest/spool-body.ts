import { createReadStream, createWriteStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { StagingFolder } from '../storage/blob-store.ts'
import type { CollectOptions } from './collect-options.ts'
import { guardedWriting } from './guarded-writing.ts'

/** The kept body in the staging folder, beside files that are called by numbers. */
const SPOOL = 'body'

/** Reads and writes are gathered to this size. */
const CHUNK_BYTES = 1 << 20

/**
 * Keeps a body in the folder of its package; gives what opens it. Rejects with the body's or the disk's error, and
 * with what `proceed` rejects with.
 */
export async function spoolBody(
  body: Readable,
  folder: StagingFolder,
  proceed: CollectOptions['proceed'],
): Promise<() => Readable> {
  const path = folder.path(SPOOL)
  const file = createWriteStream(path, { flags: 'w', highWaterMark: CHUNK_BYTES })
  await pipeline(body, guardedWriting(proceed), file)
  return () => createReadStream(path, { highWaterMark: CHUNK_BYTES })
}
