import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Networks } from '../lib/networks.ts'
import { randomBase32 } from '../lib/random-base32.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { BreakpadHandler } from './upload/breakpad-handler.ts'
import { matchBreakpad } from './upload/breakpad-request.ts'
import { ClientLeft } from './client-left.ts'
import { clientOf } from './client-of.ts'
import type { CrossOrigin } from './download/cross-origin.ts'
import type { KnownHosts } from './known-hosts.ts'
import { matchDebuginfod } from './download/debuginfod-request.ts'
import { loggedPath } from './logged-path.ts'
import type { SymbolHandler } from './download/symbol-handler.ts'
import { matchSymbolRequest } from './download/symbol-request.ts'
import type { UploadHandler } from './upload/upload-handler.ts'
import { matchUpload } from './upload/upload-request.ts'

export interface ListenerOptions {
  readonly hosts: KnownHosts
  readonly trustedProxies: Networks
  readonly crossOrigin: CrossOrigin
  readonly symbols: SymbolHandler
  readonly uploads: UploadHandler
  readonly breakpad: BreakpadHandler
  /** Everything that is neither symbol path nor upload. */
  readonly pages: (request: IncomingMessage, response: ServerResponse) => Promise<unknown> | void
  readonly metrics: Metrics
  readonly log: Logger
}

const SYMBOL_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Request ids are unique in the process and, by their prefix, between processes. */
const ID_PREFIX = randomBase32(6)

/**
 * The way in of every request: symbol paths are matched on the raw target, before a router could
 * normalise it or refuse it; then uploads; then the pages.
 */
export function createListener({
  hosts,
  trustedProxies,
  crossOrigin,
  symbols,
  uploads,
  breakpad,
  pages,
  metrics,
  log,
}: ListenerOptions): RequestListener {
  let count = 0

  async function route(
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
  ): Promise<string> {
    const { method = 'GET', url = '/' } = request
    const isKnownHost = hosts.areAll || hosts.have(clientOf(request, trustedProxies))
    if (SYMBOL_METHODS.has(method)) {
      const symbol = matchSymbolRequest(url)
      const found = symbol.kind === 'none' ? matchDebuginfod(url) : symbol
      if (found.kind !== 'none') {
        if (!isKnownHost) answerElsewhere(response, 404)
        else if (method === 'OPTIONS') crossOrigin.answerPreflight(request, response)
        else {
          crossOrigin.allow(request, response)
          await symbols.handle(found, request, response, id)
        }
        return 'symbol'
      }
    }
    // Whoever watches over the server asks it by its address.
    if (!isKnownHost && !/^\/(?:healthz|readyz)$/.test(url)) {
      answerElsewhere(response, 421)
      return 'page'
    }
    const breakpadStep = matchBreakpad(method, url)
    if (breakpadStep !== undefined) {
      await breakpad.handle(breakpadStep, request, response, id)
      return 'upload'
    }
    const upload = matchUpload(method, url)
    if (upload !== undefined) {
      await uploads.handle(upload, request, response, id)
      return 'upload'
    }
    await pages(request, response)
    return 'page'
  }

  return function listener(request, response) {
    const id = requestId(request) ?? `${ID_PREFIX}-${(count++).toString(36)}`
    const startedAt = performance.now()
    response.setHeader('x-request-id', id)
    route(request, response, id).then(
      (kind) => report(kind),
      (err: unknown) => {
        if (!(err instanceof ClientLeft))
          log.warn({ id, err, path: loggedPath(request.url) }, 'answer cut off')
        cutOff(request, response)
        report('cut')
      },
    )

    function report(kind: string): void {
      const seconds = (performance.now() - startedAt) / 1000
      const status = response.statusCode
      metrics.requests.inc({ route: kind, status })
      metrics.requestSeconds.observe({ route: kind }, seconds)
      if (!log.isLevelEnabled('info')) return
      const ms = Math.round(seconds * 1e5) / 100
      log.info(
        {
          id,
          method: request.method,
          path: loggedPath(request.url),
          status,
          ms,
          peer: request.socket.remoteAddress,
        },
        'request',
      )
    }
  }
}

function requestId({ headers }: IncomingMessage): string | undefined {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : undefined
}

/** Refuses a request to a host that this server does not go by; a debugger takes nothing but 404 for an answer. */
function answerElsewhere(response: ServerResponse, status: 404 | 421): void {
  const miss = status === 404 ? { 'x-symgate-miss': 'malformed' } : {}
  response.writeHead(status, { 'content-length': 0, 'cache-control': 'no-store', ...miss }).end()
}

/** Ends an answer that cannot be finished in a way that nobody takes for its end. */
function cutOff(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) {
    request.socket.resetAndDestroy()
    return
  }
  response
    .writeHead(404, {
      'content-length': 0,
      'cache-control': 'no-store',
      'x-symgate-miss': 'trouble',
      connection: 'close',
    })
    .end()
}
