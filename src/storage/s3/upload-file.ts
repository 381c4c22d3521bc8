import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import type { Semaphore } from '../../lib/semaphore.ts'
import { multipartUpload } from './multipart-upload.ts'
import type { S3Bucket } from './s3-bucket.ts'
import type { WriteCondition } from './write-condition.ts'

/** Up to this size a file is one request; the parts of larger ones have it too. */
const PART_BYTES = 8 << 20

/** S3 takes no more parts than this. */
const MAX_PARTS = 10_000

/** Read and hashed at once: more would hold up the event loop. */
const STEP_BYTES = 1 << 20

/** A file on disk, and the object that it is to become. */
export interface FileUpload {
  readonly path: string
  readonly key: string
  /** Lower-case hex. */
  readonly sha256: string
}

/**
 * Makes the file an object, if the condition holds; it is durable when this resolves. `buffers` bounds the
 * memory that all uploads together take. Nothing of an upload that fails stays behind.
 */
export async function uploadFile(
  bucket: S3Bucket,
  { path, key, sha256 }: FileUpload,
  condition: WriteCondition,
  buffers: Semaphore,
): Promise<'written' | 'refused'> {
  await using file = await open(path, 'r')
  const { size } = await file.stat()
  if (size <= PART_BYTES) {
    return await buffers.run(async () => {
      const { bytes } = await readPart(file, 0, size)
      // Not the hash of what was just read: a disk that gives back other bytes is found out by the service.
      const outcome = await bucket.put(key, bytes, { sha256, condition })
      return outcome === 'refused' ? outcome : 'written'
    })
  }
  const partBytes = Math.max(PART_BYTES, Math.ceil(size / MAX_PARTS / STEP_BYTES) * STEP_BYTES)
  const parts = Array.from({ length: Math.ceil(size / partBytes) }, (_, index) => index * partBytes)
  return await multipartUpload(bucket, {
    key,
    size,
    sha256,
    condition,
    parts: parts.map(
      (start) => (send) =>
        buffers.run(async () => {
          await send(await readPart(file, start, Math.min(partBytes, size - start)))
        }),
    ),
  })
}

async function readPart(
  file: FileHandle,
  start: number,
  length: number,
): Promise<{ bytes: Buffer; sha256: string }> {
  const bytes = Buffer.allocUnsafeSlow(length)
  const hash = createHash('sha256')
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(
      bytes,
      done,
      Math.min(STEP_BYTES, length - done),
      start + done,
    )
    if (bytesRead === 0) throw new Error(`a staged file ended at ${start + done}`)
    hash.update(bytes.subarray(done, done + bytesRead))
    done += bytesRead
  }
  return { bytes, sha256: hash.digest('hex') }
}
