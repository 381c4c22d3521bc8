import { AbortMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3'
import { failureOf } from './failure-of.ts'
import type { S3Bucket } from './s3-bucket.ts'

/**
 * Aborts the multipart uploads below the bucket's prefix that were begun before the given time, whoever
 * began them, and resolves their number: their parts take room that nobody sees.
 */
export async function sweepUploads(bucket: S3Bucket, beforeMs: number): Promise<number> {
  const { bucket: Bucket, prefix: Prefix } = bucket.settings
  let count = 0
  for (let marker: { KeyMarker?: string; UploadIdMarker?: string } = {}; ;) {
    const answer = await bucket.client.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix, ...marker }),
    )
    for (const { Key, UploadId, Initiated } of answer.Uploads ?? []) {
      if ((Initiated?.getTime() ?? 0) >= beforeMs) continue
      try {
        await bucket.client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
        count++
      } catch (error) {
        // Ended meanwhile.
        if (failureOf(error)?.code !== 'NoSuchUpload') throw error
      }
    }
    const { NextKeyMarker, NextUploadIdMarker } = answer
    if (answer.IsTruncated !== true || NextKeyMarker === undefined) return count
    marker = {
      KeyMarker: NextKeyMarker,
      ...(NextUploadIdMarker !== undefined && { UploadIdMarker: NextUploadIdMarker }),
    }
  }
}
