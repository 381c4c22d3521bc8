import { S3Client } from '@aws-sdk/client-s3'

/** How an S3 service is reached. */
export interface S3ClientOptions {
  /** URL of the service, or undefined for Amazon's own. */
  readonly endpoint: string | undefined
  /** Undefined: what the environment says, `us-east-1` with an endpoint. */
  readonly region: string | undefined
  /** Whether the bucket stands in the path and not in the host name. */
  readonly forcePathStyle: boolean
  /** Undefined: the AWS chain (environment, shared files, container and instance roles). */
  readonly credentials:
    | { readonly accessKeyId: string; readonly secretAccessKey: string }
    | undefined
  /** Whether the SDK's own checksums are used wherever it can, or only where an operation needs one: older services refuse them. */
  readonly checksums: 'when_supported' | 'when_required'
}

const CONNECT_TIMEOUT_MS = 5_000

/** Nothing moves on a connection for this long: it is dead, or whoever reads takes a pause and will ask again. */
const IDLE_TIMEOUT_MS = 60_000

/** Tries of a request in all, with growing pauses between them. */
const ATTEMPTS = 4

/** A download holds its connection for as long as its reader takes: far more of them than any other server would give. */
const MAX_SOCKETS = 2_000

/** A client of one S3 service. */
export function createS3Client(options: S3ClientOptions): S3Client {
  const { endpoint, region, forcePathStyle, credentials, checksums } = options
  const mode = checksums === 'when_supported' ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED'
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS }
  return new S3Client({
    ...(endpoint !== undefined && { endpoint, region: region ?? 'us-east-1' }),
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials }),
    forcePathStyle,
    requestChecksumCalculation: mode,
    responseChecksumValidation: mode,
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: IDLE_TIMEOUT_MS,
      httpAgent: agent,
      httpsAgent: agent,
    },
  })
}
