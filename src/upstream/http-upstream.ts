import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Agent, request, type Dispatcher } from 'undici'
import type { Upstream, UpstreamAnswer } from './upstream.ts'

/** Redirects followed for one file: msdl needs one, chains beyond this are loops. */
const MAX_REDIRECTS = 5

/** How an HTTP upstream is reached. Times in milliseconds, 0 for none. */
export interface HttpUpstreamOptions {
  readonly name: string
  readonly url: string
  readonly isPublic: boolean
  readonly missRetryAfterMs: number
  readonly userAgent: string
  readonly connectTimeoutMs: number
  readonly firstByteTimeoutMs: number
  readonly idleTimeoutMs: number
  readonly totalTimeoutMs: number
}

/** A symbol server in Microsoft's layout, asked over HTTP. */
export class HttpUpstream implements Upstream {
  readonly name: string
  readonly isPublic: boolean
  readonly missRetryAfterMs: number
  readonly #base: string
  readonly #userAgent: string
  readonly #totalTimeoutMs: number
  readonly #agent: Agent

  constructor(options: HttpUpstreamOptions) {
    this.name = options.name
    this.isPublic = options.isPublic
    this.missRetryAfterMs = options.missRetryAfterMs
    this.#base = options.url.replace(/\/+$/, '')
    this.#userAgent = options.userAgent
    this.#totalTimeoutMs = options.totalTimeoutMs
    this.#agent = new Agent({
      connect: { timeout: options.connectTimeoutMs },
      headersTimeout: options.firstByteTimeoutMs,
      bodyTimeout: options.idleTimeoutMs,
    })
  }

  async fetch(
    path: string,
    { via, signal }: { via: string; signal: AbortSignal },
  ): Promise<UpstreamAnswer> {
    const deadline =
      this.#totalTimeoutMs > 0
        ? AbortSignal.any([signal, AbortSignal.timeout(this.#totalTimeoutMs)])
        : signal
    const headers = { 'user-agent': this.#userAgent, 'accept-encoding': 'gzip', via }
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
      return { kind: 'trouble', cause: `more than ${MAX_REDIRECTS} redirects` }
    } catch (error) {
      if (signal.aborted) throw error
      return { kind: 'trouble', cause: causeOf(error) }
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
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
    return {
      kind: 'trouble',
      cause: `unknown Content-Encoding ${JSON.stringify(encoding.slice(0, 40))}`,
    }
  }
  await body.dump()
  if (statusCode === 404 || statusCode === 410) return { kind: 'absent' }
  return { kind: 'trouble', cause: `status ${statusCode}` }
}

function contentLength(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined
}

function gunzipped(body: Readable): Readable {
  // Whoever reads the decoded stream sees the error: it is destroyed with it.
  return pipeline(body, createGunzip(), () => {})
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  return `${code}: ${error.message}`
}
