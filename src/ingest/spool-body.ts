import { createReadStream, createWriteStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { StagingFolder } from '../storage/blob-store.ts'

/** The kept body in the staging folder, beside files that are called by numbers. */
const SPOOL = 'body'

/** Reads and writes are gathered to this size. */
const CHUNK_BYTES = 1 << 20

/** Keeps a body in the folder of its package; gives what opens it. Rejects with the body's or the disk's error. */
export async function spoolBody(body: Readable, folder: StagingFolder): Promise<() => Readable> {
  const path = folder.path(SPOOL)
  await pipeline(body, createWriteStream(path, { flags: 'w', highWaterMark: CHUNK_BYTES }))
  return () => createReadStream(path, { highWaterMark: CHUNK_BYTES })
}
