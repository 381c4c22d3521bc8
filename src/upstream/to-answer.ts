import type { Readable } from 'node:stream'
import { decodeBody } from './decode-body.ts'
import { parseRetryAfter } from './parse-retry-after.ts'
import type { TroubleReason, UpstreamAnswer, UpstreamTrouble } from './upstream.ts'

/** The head and body of an HTTP answer that is no redirect. */
interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Readable & { dump(): Promise<void> }
}

/** Statuses of whoever will say the same to the next request. */
const REFUSALS: ReadonlySet<number> = new Set([401, 407])

/** What an HTTP answer says of the file that was asked for. */
export async function toAnswer({ status, headers, body }: HttpAnswer): Promise<UpstreamAnswer> {
  if (status === 200) {
    const encoding = String(headers['content-encoding'] ?? '')
      .trim()
      .toLowerCase()
    const decoded = decodeBody(body, encoding)
    if (decoded === body) return { kind: 'found', body, size: length(headers['content-length']) }
    if (decoded !== undefined) return { kind: 'found', body: decoded, size: undefined }
    body.destroy()
    return answerTrouble(`unknown Content-Encoding ${JSON.stringify(encoding.slice(0, 40))}`)
  }
  await body.dump()
  const miss = headers['x-symgate-miss']
  // Another symgate that could not find out has not found out that the file is absent.
  if (miss === 'trouble' || miss === 'mismatch') {
    const blame = miss === 'trouble' ? 'beyond' : 'file'
    return { ...answerTrouble(`the upstream symgate answers ${miss}`), blame }
  }
  if (status === 404 || status === 410 || isMissingObject(status, headers)) {
    return { kind: 'absent' }
  }
  return statusTrouble(status, headers['retry-after'])
}

/** Buckets say 403 of what is not there to those who may not list them (PEPTO README). */
function isMissingObject(status: number, headers: HttpAnswer['headers']): boolean {
  return status === 403 && ('x-amz-request-id' in headers || 'x-guploader-uploadid' in headers)
}

function statusTrouble(status: number, retryAfter: string | string[] | undefined): UpstreamTrouble {
  const ofHost = REFUSALS.has(status) || status === 429 || status >= 500
  const retryAfterMs = parseRetryAfter(retryAfter)
  return {
    ...answerTrouble(`status ${status}`),
    blame: ofHost ? 'host' : 'file',
    reason: reasonOf(status),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

function reasonOf(status: number): TroubleReason {
  if (status === 401) return 'unauthorized'
  if (status === 403) return 'forbidden'
  if (status === 407) return 'proxy'
  return status === 429 || status >= 500 ? 'unavailable' : 'answer'
}

function answerTrouble(cause: string): UpstreamTrouble {
  return { kind: 'trouble', stage: 'download', blame: 'file', cause, reason: 'answer' }
}

function length(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined
}
