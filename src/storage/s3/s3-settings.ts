import type { S3ClientOptions } from '../../lib/create-s3-client.ts'

/** Where an S3 store lies and how it is reached. */
export interface S3Settings extends S3ClientOptions {
  readonly bucket: string
  /** Ends in a slash, or is empty. */
  readonly prefix: string
  /** How the service is to encrypt what it keeps; undefined: as the bucket says. */
  readonly encryption: { readonly algorithm: 'AES256' } | KmsEncryption | undefined
}

interface KmsEncryption {
  readonly algorithm: 'aws:kms'
  /** Undefined: the account's own key for S3. */
  readonly keyId: string | undefined
}
