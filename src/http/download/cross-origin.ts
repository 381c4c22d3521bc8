import type { IncomingMessage, ServerResponse } from 'node:http'

/** What pages may send with a request beside what every page may, and read of an answer. */
const ALLOWED = 'Authorization, Range, If-None-Match, If-Modified-Since, If-Range, SymbolChecksum'
const EXPOSED =
  'Accept-Ranges, Content-Encoding, Content-Length, Content-Range, ETag, Last-Modified, X-Symgate-Miss, X-Symgate-Source'

const DAY_SECONDS = '86400'

/** Lets the pages of named origins read symbols (Fetch standard, «CORS protocol»): profiler.firefox.com is one. */
export class CrossOrigin {
  readonly #origins: ReadonlySet<string>

  /** Origins as browsers write them, or `*` for every one. */
  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins)
  }

  /** Whether answers depend on the origin of the request. */
  get varies(): boolean {
    return this.#origins.size > 0 && !this.#origins.has('*')
  }

  /** Adds to an answer what the browser of an allowed page looks for. */
  allow({ headers }: IncomingMessage, response: ServerResponse): void {
    if (this.varies) response.setHeader('vary', 'Origin')
    const { origin } = headers
    const allowed = this.#origins.has('*') ? '*' : origin
    if (origin === undefined || allowed === undefined) return
    if (allowed !== '*' && !this.#origins.has(origin)) return
    response.setHeader('access-control-allow-origin', allowed)
    response.setHeader('access-control-expose-headers', EXPOSED)
  }

  /** Answers a browser that asks whether it may send the request it has in mind. */
  answerPreflight(request: IncomingMessage, response: ServerResponse): void {
    this.allow(request, response)
    if (response.hasHeader('access-control-allow-origin')) {
      response.setHeader('access-control-allow-methods', 'GET, HEAD')
      response.setHeader('access-control-allow-headers', ALLOWED)
      response.setHeader('access-control-max-age', DAY_SECONDS)
    }
    response.writeHead(204, { 'cache-control': 'no-store' }).end()
  }
}
