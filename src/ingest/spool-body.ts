import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { writeStreamTo } from '../lib/write-stream-to.ts'
import type { StagingFolder } from '../storage/blob-store.ts'

/** The kept body in the staging folder, beside files that are called by numbers. */
const SPOOL = 'body'

const READ_BYTES = 1 << 20

/** Keeps a body in the folder of its package; gives what opens it. Rejects with the body's or the disk's error. */
export async function spoolBody(body: Readable, folder: StagingFolder): Promise<() => Readable> {
  const path = folder.path(SPOOL)
  await writeStreamTo(path, body, 'w')
  return () => createReadStream(path, { highWaterMark: READ_BYTES })
}
