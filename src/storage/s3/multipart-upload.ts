import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3'
import { forEachParallel } from '../../lib/for-each-parallel.ts'
import { conditionParameters } from './condition-parameters.ts'
import { failureOf } from './failure-of.ts'
import type { S3Bucket } from './s3-bucket.ts'
import { sweepUploads } from './sweep-uploads.ts'
import { unlessRefused } from './unless-refused.ts'
import type { WriteCondition } from './write-condition.ts'

/** Parts of one file in flight. */
const WIDTH = 4

/** The bytes of a part and their hash, in hex. */
interface Part {
  readonly bytes: Uint8Array
  readonly sha256: string
}

export interface MultipartUpload {
  readonly key: string
  readonly size: number
  readonly sha256: string
  readonly condition: WriteCondition
  /** Each gives its part to `send` and waits for it. */
  readonly parts: readonly ((send: (part: Part) => Promise<void>) => Promise<void>)[]
}

/**
 * Writes an object in parts, if the condition holds at the end:
 *  1. parts;  2. the condition looked at, for some services (Ceph 16) ignore it in (3);  3. completion
 *  under the condition;  4. what the service then has is what was sent, or this fails.
 * An upload that comes to nothing is aborted, so that its parts cost nothing.
 */
export async function multipartUpload(
  bucket: S3Bucket,
  upload: MultipartUpload,
): Promise<'written' | 'refused'> {
  await bucket.beforeWrite()
  // What a process that was killed has left of the same object.
  await sweepUploads(bucket, { beforeMs: Infinity, key: upload.key })
  const { client } = bucket
  const { key, size, sha256, condition } = upload
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({
      ...bucket.at(key),
      ...bucket.stored(sha256),
      ContentType: 'application/octet-stream',
      ...(bucket.settings.checksums === 'when_supported' && { ChecksumAlgorithm: 'SHA256' }),
    }),
  )
  const target = { ...bucket.at(key), UploadId }
  let outcome: 'written' | 'refused' | undefined
  try {
    const Parts = await sendParts(bucket, target, upload.parts)
    await bucket.beforeWrite()
    outcome = (await holds(bucket, key, condition))
      ? await complete(bucket, target, Parts, condition)
      : 'refused'
  } finally {
    if (outcome !== 'written') await abort(bucket, target)
  }
  if (outcome === 'refused') return 'refused'
  const stored = await bucket.head(key)
  if (stored?.size !== size || stored.sha256 !== sha256)
    throw new Error(`${key} is not in the bucket as it was sent`)
  return 'written'
}

type Target = ReturnType<S3Bucket['at']> & { UploadId: string | undefined }

async function sendParts(
  bucket: S3Bucket,
  target: Target,
  parts: MultipartUpload['parts'],
): Promise<CompletedPart[]> {
  const sent: CompletedPart[] = []
  await forEachParallel(parts.entries(), WIDTH, async ([index, give]) => {
    await give(async ({ bytes, sha256 }) => {
      const PartNumber = index + 1
      const checksum = bucket.checksum(sha256)
      bucket.bodies.set(bytes, sha256)
      const { ETag } = await bucket.client.send(
        new UploadPartCommand({ ...target, ...checksum, PartNumber, Body: bytes }),
      )
      if (ETag === undefined) throw new Error('the service gives a part no version')
      sent[index] = { PartNumber, ETag, ...checksum }
    })
  })
  return sent
}

async function holds(bucket: S3Bucket, key: string, condition: WriteCondition): Promise<boolean> {
  const present = await bucket.head(key)
  return 'ifMatch' in condition ? present?.etag === condition.ifMatch : present === undefined
}

async function complete(
  bucket: S3Bucket,
  target: Target,
  Parts: CompletedPart[],
  condition: WriteCondition,
): Promise<'written' | 'refused'> {
  try {
    const answer = await unlessRefused(() =>
      bucket.client.send(
        new CompleteMultipartUploadCommand({
          ...target,
          ...conditionParameters(condition),
          MultipartUpload: { Parts },
        }),
      ),
    )
    return answer === 'refused' ? answer : 'written'
  } catch (error) {
    // A second try after an answer that was lost: what is there now tells.
    if (failureOf(error)?.code === 'NoSuchUpload') return 'written'
    throw error
  }
}

async function abort(bucket: S3Bucket, target: Target): Promise<void> {
  try {
    await bucket.client.send(new AbortMultipartUploadCommand(target))
  } catch {
    // Left to the sweep: what failed before is what the caller is to see.
  }
}
