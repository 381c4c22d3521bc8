import type { Readable } from 'node:stream'
import { EnvHttpProxyAgent, interceptors, request, type Dispatcher } from 'undici'
import { ServerError } from './server-error.ts'

/** Until a connection stands. */
const CONNECT_MS = 15_000

/** A server at work writes a space at least every forty seconds; proxies may hold that back for a while. */
const SILENCE_MS = 10 * 60_000

/** An answer has a row for each file of a batch; anything longer is no answer of this server. */
const MAX_ANSWER_BYTES = 256 << 20

/** Chains beyond this are loops. */
const MAX_REDIRECTS = 5

/** Nobody is there: for now, where a server is being restarted. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** The connection broke. */
const BROKEN: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_ABORTED',
])

const PASSING_STATUS: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])

/** Where the server is and how to present oneself. */
export interface ConnectionOptions {
  /** Base address without a slash at its end. */
  readonly url: string
  readonly token: string | undefined
  readonly userAgent: string
}

/** What is asked of the server. */
export interface ServerRequest {
  readonly method: 'GET' | 'POST'
  /** Path and query behind the base address. */
  readonly path: string
  readonly body?: string | Readable
  readonly contentType?: string
}

/** One server over HTTP, through the proxy that the environment names. Every failure is a ServerError. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #dispatcher = new EnvHttpProxyAgent({
    connect: { timeout: CONNECT_MS },
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
  })

  readonly #following = this.#dispatcher.compose(
    interceptors.redirect({ maxRedirections: MAX_REDIRECTS }),
  )

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  get url(): string {
    return this.#options.url
  }

  /** Makes a request; gives the head of the answer, whatever its status, and its body unread. */
  async open({ method, path, body, contentType }: ServerRequest): Promise<Dispatcher.ResponseData> {
    const { url, token, userAgent } = this.#options
    try {
      return await request(url + path, {
        // Symbol servers send downloads elsewhere; a body cannot be sent twice.
        dispatcher: method === 'GET' ? this.#following : this.#dispatcher,
        method,
        headers: {
          'user-agent': userAgent,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(contentType !== undefined && { 'content-type': contentType }),
        },
        ...(body !== undefined && { body }),
      })
    } catch (error) {
      throw this.failure(error)
    }
  }

  /** The content of an answer. What goes wrong in it is a ServerError, and so can be told from trouble with where it goes. */
  async *content({ body }: Dispatcher.ResponseData): AsyncGenerator<Buffer, void, undefined> {
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) yield chunk
    } catch (error) {
      throw this.failure(error)
    }
  }

  /** Makes a request and gives the JSON of its answer. Statuses from 400 on are failures, but for those of `allowed`. */
  async call(what: ServerRequest, allowed: readonly number[] = []): Promise<unknown> {
    const response = await this.open(what)
    const text = await this.#text(response)
    const value = parsed(text)
    if (response.statusCode < 300 && value !== undefined) return value
    if (allowed.includes(response.statusCode) && value !== undefined) return value
    throw this.refusal(response, value)
  }

  /** An answer that says no, as an error that says what to do. */
  refusal(
    { statusCode: status, headers }: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>,
    value: unknown,
  ): ServerError {
    const own = ownError(value)
    const said = own?.message ?? `status ${status}`
    if (status === 401 || status === 403) {
      const token = this.#options.token === undefined ? 'no token was given' : said
      return new ServerError(`${this.url} refuses: ${token}`, { isGeneral: true, status })
    }
    if (status < 400 || status === 404 || status === 405) {
      const what = status < 300 ? 'its answer is no JSON' : `status ${status}`
      return new ServerError(
        `${this.url} does not answer as a symgate does (${what}): is the address right?`,
        { isGeneral: true, status },
      )
    }
    return new ServerError(`${this.url} answers: ${said}`, {
      isPassing: PASSING_STATUS.has(status) || own?.code === 'upload_interrupted',
      retryAfterMs: retryAfter(headers['retry-after']),
      status,
    })
  }

  /** What went wrong below HTTP. */
  failure(error: unknown): unknown {
    const code = codeOf(error)
    if (code === undefined) return error
    const cause = `${this.url}: ${reasonOf(error)}`
    if (UNREACHABLE.has(code)) {
      return new ServerError(`cannot reach ${cause}`, {
        cause: error,
        isPassing: true,
        isGeneral: true,
      })
    }
    if (BROKEN.has(code)) {
      return new ServerError(`the connection broke: ${cause}`, { cause: error, isPassing: true })
    }
    return new ServerError(`cannot reach ${cause}`, { cause: error, isGeneral: true })
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy()
  }

  async #text(response: Dispatcher.ResponseData): Promise<string> {
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of this.content(response)) {
      chunks.push(chunk)
      bytes += chunk.byteLength
      if (bytes > MAX_ANSWER_BYTES) throw new ServerError(`${this.url} gives an answer without end`)
    }
    return Buffer.concat(chunks).toString('utf8')
  }
}

/** The code of a failure of the network; undefined for everything else. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof ServerError || !(error instanceof Error)) return undefined
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  // Trouble with a local file, of which a body is made, names its path.
  return 'path' in error && 'syscall' in error && error.syscall !== 'connect' ? undefined : code
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function ownError(value: unknown): { code: string; message: string } | undefined {
  if (typeof value !== 'object' || value === null || !('error' in value)) return undefined
  const { error } = value
  if (typeof error !== 'object' || error === null) return undefined
  const code = 'code' in error ? error.code : undefined
  const message = 'message' in error ? error.message : undefined
  return typeof code === 'string' && typeof message === 'string' ? { code, message } : undefined
}

/** Seconds or a date (RFC 9110 10.2.3), in milliseconds from now. */
function retryAfter(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string') return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now())
}
