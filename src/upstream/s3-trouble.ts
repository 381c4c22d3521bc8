import { S3ServiceException } from '@aws-sdk/client-s3'
import { parseRetryAfter } from './parse-retry-after.ts'
import { requestTrouble } from './request-trouble.ts'
import type { UpstreamAnswer, UpstreamTrouble } from './upstream.ts'

/** S3's words for a caller whom it does not know. */
const UNKNOWN_CALLER: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidSecurity',
  'InvalidToken',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
])

/**
 * What an error of GetObject says of the object. AccessDenied is what S3 answers of objects that are not there
 * to those who may not list the bucket: absent.
 */
export function s3Trouble(error: unknown, isProxied: boolean): UpstreamAnswer {
  if (!(error instanceof S3ServiceException)) return requestTrouble(error, isProxied)
  const { name, message, $metadata, $response } = error
  const status = $metadata.httpStatusCode ?? 0
  const cause = `${name}: ${message} (status ${status})`
  if (name === 'NoSuchBucket') return trouble('host', 'missing_store', cause)
  if (UNKNOWN_CALLER.has(name) || status === 401) return trouble('host', 'unauthorized', cause)
  if (status === 404 || name === 'AccessDenied') return { kind: 'absent' }
  // The bucket is in another region: no object of it can be had from here.
  if (status >= 300 && status < 400) return trouble('host', 'missing_store', cause)
  if (status === 407) return trouble('host', 'proxy', cause)
  if (status !== 429 && status < 500) {
    return trouble('file', status === 403 ? 'forbidden' : 'answer', cause)
  }
  const retryAfterMs = parseRetryAfter($response?.headers['retry-after'])
  const unavailable = trouble('host', 'unavailable', cause)
  return retryAfterMs === undefined ? unavailable : { ...unavailable, retryAfterMs }
}

function trouble(
  blame: UpstreamTrouble['blame'],
  reason: Exclude<UpstreamTrouble['reason'], undefined>,
  cause: string,
): UpstreamTrouble {
  return { kind: 'trouble', stage: 'download', blame, cause, reason }
}
