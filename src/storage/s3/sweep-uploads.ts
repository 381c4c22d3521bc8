import { AbortMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3'
import { failureOf } from './failure-of.ts'
import type { S3Bucket } from './s3-bucket.ts'

/**
 * Aborts the multipart uploads below the bucket's prefix that were begun before the given time, whoever
 * began them, and resolves their number: their parts take room that nobody sees. With a key, only those of
 * this object.
 */
export async function sweepUploads(
  bucket: S3Bucket,
  { beforeMs, key }: { readonly beforeMs: number; readonly key?: string },
): Promise<number> {
  const { Bucket, Key: Prefix } = bucket.at(key ?? '')
  let count = 0
  for (let marker: { KeyMarker?: string; UploadIdMarker?: string } = {}; ;) {
    const answer = await bucket.client.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix, ...marker }),
    )
    for (const { Key, UploadId, Initiated } of answer.Uploads ?? []) {
      if ((Initiated?.getTime() ?? 0) >= beforeMs) continue
      if (key !== undefined && Key !== Prefix) continue
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
