import type { S3Settings } from '../../src/storage/s3/s3-settings.ts'
import type { S3Server } from './s3-server.ts'

/** The settings of a store in this bucket of the test server. */
export function s3Settings(server: S3Server, bucket: string, prefix = 'sym/bols/'): S3Settings {
  const { endpoint, region, accessKeyId, secretAccessKey } = server
  return {
    endpoint,
    region,
    bucket,
    prefix,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    checksums: 'when_required',
    encryption: undefined,
  }
}
