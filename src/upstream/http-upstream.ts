import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Agent, request, type Dispatcher } from 'undici'
import { compressedPath } from '../symbols/compressed-path.ts'
import { parseRetryAfter } from './parse-retry-after.ts'
import { requestTrouble } from './request-trouble.ts'
import type { UpstreamSettings } from './upstream-settings.ts'
import type { Upstream, UpstreamAnswer, UpstreamRequest, UpstreamTrouble } from './upstream.ts'

/** Redirects followed for one file: msdl needs one, chains beyond this are loops. */
const MAX_REDIRECTS = 5

/** A symbol server in Microsoft's layout, asked over HTTP. */
export class HttpUpstream implements Upstream {
  readonly name: string
  readonly isPublic: boolean
  readonly missRetryAfterMs: number
  readonly #base: string
  readonly #userAgent: string
  readonly #totalTimeoutMs: number | undefined
  readonly #agent: Agent

  constructor({ name, url, public: isPublic, misses, userAgent, timeouts }: UpstreamSettings) {
    this.name = name
    this.isPublic = isPublic
    this.missRetryAfterMs = misses.retryAfterMs
    this.#base = url.replace(/\/+$/, '')
    this.#userAgent = userAgent
    this.#totalTimeoutMs = timeouts.totalMs
    this.#agent = new Agent({
      connect: { timeout: timeouts.connectMs ?? 0 },
      headersTimeout: timeouts.firstByteMs ?? 0,
      bodyTimeout: timeouts.idleMs ?? 0,
    })
  }

  async fetch(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamAnswer> {
    const answer = await this.#ask(request.path.storePath, request, signal)
    const compressed = answer.kind === 'absent' ? compressedPath(request.path) : undefined
    return compressed === undefined ? answer : await this.#ask(compressed, request, signal)
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  async #ask(
    path: string,
    { acceptsMsfz, checksum, via }: UpstreamRequest,
    signal: AbortSignal,
  ): Promise<UpstreamAnswer> {
    const deadline =
      this.#totalTimeoutMs === undefined
        ? signal
        : AbortSignal.any([signal, AbortSignal.timeout(this.#totalTimeoutMs)])
    const headers = {
      'user-agent': this.#userAgent,
      'accept-encoding': 'gzip',
      via,
      ...(acceptsMsfz && { accept: 'application/msfz0, */*' }),
      ...(checksum !== undefined && { symbolchecksum: checksum }),
    }
    let url = `${this.#base}/${path.split('/').map(encodeURIComponent).join('/')}`
    try {
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
        const response = await request(url, { dispatcher: this.#agent, headers, signal: deadline })
        const next = redirectTarget(response, url)
        if (next === undefined) return await toAnswer(response)
        // The target is often a short-lived signed address: followed at once, never kept (msdl).
        await response.body.dump()
        url = next
      }
      return fileTrouble(`more than ${MAX_REDIRECTS} redirects`)
    } catch (error) {
      if (signal.aborted) throw error
      return requestTrouble(error)
    }
  }
}

function redirectTarget(
  { statusCode, headers }: Dispatcher.ResponseData,
  from: string,
): string | undefined {
  if (statusCode < 300 || statusCode > 399 || typeof headers.location !== 'string') return undefined
  const target = URL.parse(headers.location, from)
  return target !== null && /^https?:$/.test(target.protocol) ? target.href : undefined
}

async function toAnswer({
  statusCode,
  headers,
  body,
}: Dispatcher.ResponseData): Promise<UpstreamAnswer> {
  if (statusCode === 200) {
    // The transfer may break before anybody reads; the reader finds the error all the same.
    body.on('error', () => {})
    const encoding = String(headers['content-encoding'] ?? 'identity')
      .trim()
      .toLowerCase()
    if (encoding === 'identity' || encoding === '') {
      return { kind: 'found', body, size: contentLength(headers['content-length']) }
    }
    if (encoding === 'gzip' || encoding === 'x-gzip')
      return { kind: 'found', body: gunzipped(body), size: undefined }
    body.destroy()
    return fileTrouble(`unknown Content-Encoding ${JSON.stringify(encoding.slice(0, 40))}`)
  }
  await body.dump()
  const reason = headers['x-symgate-miss']
  // Another symgate that could not find out has not found out that the file is absent.
  if (reason === 'trouble' || reason === 'mismatch') {
    const blame = reason === 'trouble' ? 'beyond' : 'file'
    return { ...fileTrouble(`the upstream symgate answers ${reason}`), blame }
  }
  if (statusCode === 404 || statusCode === 410) return { kind: 'absent' }
  return statusTrouble(statusCode, headers['retry-after'])
}

function statusTrouble(status: number, retryAfter: string | string[] | undefined): UpstreamTrouble {
  const ofHost = status === 401 || status === 407 || status === 429 || status >= 500
  const retryAfterMs = parseRetryAfter(retryAfter)
  return {
    ...fileTrouble(`status ${status}`),
    blame: ofHost ? 'host' : 'file',
    status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

function fileTrouble(cause: string): UpstreamTrouble {
  return { kind: 'trouble', stage: 'download', blame: 'file', cause }
}

function contentLength(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined
}

function gunzipped(body: Readable): Readable {
  // Whoever reads the decoded stream sees the error: it is destroyed with it.
  return pipeline(body, createGunzip(), () => {})
}
