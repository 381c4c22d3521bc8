import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { Duplex } from 'node:stream'

/** Longer than proxies keep an idle connection (60 s), so that they never send into a closing one. */
const KEEP_ALIVE_MS = 75_000

/** Debuggers ask for long names, percent-encoded; a request that is longer is no symbol path. */
const MAX_HEADER_BYTES = 64 << 10

/** A connection on which nothing moves for this long is dead, whichever side stalls. */
const IDLE_MS = 10 * 60_000

/**
 * The HTTP server for a listener. No time limit on whole requests, for uploads and downloads last as
 * long as they must; `Expect` headers never end in 417; requests that are not HTTP are answered 404 if
 * they could be a debugger's, for anything else makes it drop the server.
 */
export function createServer(listener: RequestListener): Server {
  const answers = new WeakMap<Duplex, ServerResponse>()
  const noting: RequestListener = (request, response) => {
    answers.set(request.socket, response)
    if (hasTwoHosts(request)) refuseTwoHosts(response)
    else listener(request, response)
  }
  const server = createHttpServer(
    {
      requestTimeout: 0,
      requireHostHeader: false,
      headersTimeout: 60_000,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      noDelay: true,
    },
    noting,
  )
  server.timeout = IDLE_MS
  server.on('checkContinue', noting)
  // curl and Backtrace's agents send `Expect: gzip`.
  server.on('checkExpectation', noting)
  server.on('clientError', (error, socket) => {
    const answer = answers.get(socket)
    const isUnderWay = answer?.headersSent === true && !answer.writableFinished
    // Whatever is written into an answer that is under way would be taken for a part of it.
    if (isUnderWay || !socket.writable) socket.destroy()
    if (!socket.destroyed) answerBadRequest(error, socket)
  })
  return server
}

/** Whether Node has picked one of several Host headers. */
function hasTwoHosts({ rawHeaders }: IncomingMessage): boolean {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.toLowerCase() === 'host') count++
  return count > 1
}

/** Whoever is between might have picked the other one (RFC 9112 §3.2); no debugger sends two. */
function refuseTwoHosts(response: ServerResponse): void {
  const headers = { 'content-length': 0, 'cache-control': 'no-store', connection: 'close' }
  response.writeHead(400, headers).end()
}

function answerBadRequest(
  error: Error & { code?: string; rawPacket?: Buffer },
  socket: Duplex,
): void {
  const start = error.rawPacket?.subarray(0, 5).toString('latin1') ?? ''
  // Of an over-long target only the last packet is at hand.
  const maybeSymbol = /^(?:GET|HEAD) /.test(start) || error.code === 'HPE_HEADER_OVERFLOW'
  const status = maybeSymbol ? '404 Not Found\r\nX-Symgate-Miss: malformed' : '400 Bad Request'
  socket.end(
    `HTTP/1.1 ${status}\r\nCache-Control: no-store\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  )
}
