import { CopyObjectCommand } from '@aws-sdk/client-s3'
import type { S3Bucket } from './s3-bucket.ts'

/**
 * Moves an object to another key; an absent one is passed over. Rejects for objects of more than 5 GiB,
 * which the service copies in parts only: they stay where they are.
 */
export async function setAside(bucket: S3Bucket, key: string, target: string): Promise<void> {
  if ((await bucket.head(key)) === undefined) return
  const source = bucket.at(key)
  await bucket.beforeWrite()
  await bucket.client.send(
    new CopyObjectCommand({
      ...bucket.at(target),
      ...bucket.stored(undefined),
      CopySource: `${source.Bucket}/${source.Key}`.split('/').map(encodeURIComponent).join('/'),
    }),
  )
  await bucket.delete([key])
}
