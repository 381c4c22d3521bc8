import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { openS3Server } from './s3-server.ts'

const s3 = await openS3Server()

describe.skipIf(s3 === undefined)('the S3 server of the tests', () => {
  if (s3 === undefined) return

  it('checks signatures', async () => {
    const Bucket = await s3.bucket()
    const { endpoint, region, accessKeyId } = s3
    const stranger = new S3Client({
      endpoint,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey: 'another' },
    })
    await expect(stranger.send(new GetObjectCommand({ Bucket, Key: 'a' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    })
  })

  it('lets one of several writers create an object', async () => {
    const Bucket = await s3.bucket()
    const writes = Array.from({ length: 8 }, (_, index) =>
      s3.client.send(
        new PutObjectCommand({ Bucket, Key: 'a', Body: String(index), IfNoneMatch: '*' }),
      ),
    )
    const results = await Promise.allSettled(writes)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})
