import type * as z from 'zod'
import type { Config } from './config.ts'
import type { storeSchema } from './store-schema.ts'

/** How often a reader looks for packages that others have published. */
const FOLLOW_MS = 30_000

/** Turns the checked settings of the store into the form in which they are used; `path` is a local store's. */
export function buildStore(written: z.output<typeof storeSchema>, path: string): Config['store'] {
  if (written.type === 'local') return { type: 'local', path }
  const { endpoint, access_key_id: accessKeyId, secret_access_key: secretAccessKey } = written
  const hasOwnKeys = accessKeyId !== undefined && secretAccessKey !== undefined
  return {
    type: 's3',
    readOnly: written.read_only ?? false,
    followMs: written.follow_every ?? FOLLOW_MS,
    s3: {
      bucket: written.bucket ?? '',
      prefix: written.prefix === undefined || written.prefix === '' ? '' : `${written.prefix}/`,
      endpoint,
      region: written.region,
      // The host names of own services are seldom set up for buckets.
      forcePathStyle: written.force_path_style ?? endpoint !== undefined,
      credentials: hasOwnKeys ? { accessKeyId, secretAccessKey } : undefined,
      checksums: written.checksums ?? (endpoint === undefined ? 'when_supported' : 'when_required'),
      encryption: encryptionOf(written),
    },
  }
}

type S3Config = Extract<Config['store'], { type: 's3' }>

function encryptionOf({
  sse,
  sse_kms_key_id: keyId,
}: z.output<typeof storeSchema>): S3Config['s3']['encryption'] {
  if (sse === 'AES256') return { algorithm: sse }
  return sse === 'aws:kms' ? { algorithm: sse, keyId } : undefined
}
