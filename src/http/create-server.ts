import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'

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
  const server = createHttpServer(
    {
      requestTimeout: 0,
      headersTimeout: 60_000,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      noDelay: true,
    },
    listener,
  )
  server.timeout = IDLE_MS
  server.on('checkContinue', listener)
  // curl and Backtrace's agents send `Expect: gzip`.
  server.on('checkExpectation', listener)
  server.on('clientError', answerBadRequest)
  return server
}

function answerBadRequest(
  error: Error & { code?: string; rawPacket?: Buffer },
  socket: Socket,
): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const start = error.rawPacket?.subarray(0, 5).toString('latin1') ?? ''
  // Of an over-long target only the last packet is at hand.
  const maybeSymbol = /^(?:GET|HEAD) /.test(start) || error.code === 'HPE_HEADER_OVERFLOW'
  const status = maybeSymbol ? '404 Not Found\r\nX-Symgate-Miss: malformed' : '400 Bad Request'
  socket.end(
    `HTTP/1.1 ${status}\r\nCache-Control: no-store\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  )
}
