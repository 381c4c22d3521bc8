import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { writeStreamTo } from '../lib/write-stream-to.ts'
import type { StagingFolder } from '../storage/blob-store.ts'
import type { CollectOptions } from './collect-options.ts'

/** The kept body in the staging folder, beside files that are called by numbers. */
const SPOOL = 'body'

const READ_BYTES = 1 << 20

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
  await writeStreamTo(path, body, { flags: 'w', proceed })
  return () => createReadStream(path, { highWaterMark: READ_BYTES })
}
