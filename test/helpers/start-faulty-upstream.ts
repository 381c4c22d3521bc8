import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { makeCabinet } from '../cabinet/make-cabinet.ts'
import { makePdb } from './make-pdb.ts'
import { startUpstream, type UpstreamServer } from './upstream-server.ts'

/** The file that an upstream of this id should have; large enough to be served while it comes. */
export function faultyFile(guid: string): Buffer {
  return makePdb({ guid, age: 1, size: 400_000 })
}

type Answer = (response: ServerResponse, request: IncomingMessage) => unknown

const HTML = '<!DOCTYPE html><title>Sign in</title>'

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end()

/** Sends a head and bytes that do not belong together, past what Node would let through. */
const raw =
  (length: number, body: Uint8Array, end: (response: ServerResponse) => void): Answer =>
  (response) => {
    const { socket } = response
    socket?.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`)
    socket?.write(body, () => end(response))
  }

/** What can go wrong with an upstream, by name. */
const answersOf = (file: Buffer, guid: string): Readonly<Record<string, Answer>> => ({
  'closes the connection at once': (response) => response.socket?.destroy(),
  'says nothing': () => {},
  'resets in the middle of the body': raw(file.byteLength, file.subarray(0, 200_000), (response) =>
    setTimeout(() => response.socket?.resetAndDestroy(), 300),
  ),
  'stops in the middle of the body': raw(file.byteLength, file.subarray(0, 200_000), () => {}),
  'sends little by little': (response) => {
    response.writeHead(200, { 'content-length': file.byteLength })
    let sent = 0
    const timer = setInterval(() => {
      response.write(file.subarray(sent, (sent += 40_000)))
      if (sent < file.byteLength) return
      clearInterval(timer)
      response.end()
    }, 60)
  },
  'sends less than it states': raw(file.byteLength, file.subarray(0, 399_000), (response) =>
    response.socket?.end(),
  ),
  'sends more than it states': raw(
    file.byteLength,
    Buffer.concat([file, Buffer.alloc(1000)]),
    (response) => response.socket?.end(),
  ),
  'answers 200 with a web page': (response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(HTML),
  'redirects to a login page': (response, request) =>
    request.url === '/login'
      ? response.writeHead(200, { 'content-type': 'text/html' }).end(HTML)
      : response.writeHead(302, { location: '/login' }).end(),
  'redirects in a circle': (response, request) =>
    response.writeHead(302, { location: request.url }).end(),
  'answers 200 with nothing': (response) => response.writeHead(200, { 'content-length': 0 }).end(),
  'answers 401': status(401),
  'answers 403': status(403),
  'answers 404': status(404),
  'answers 410': status(410),
  'answers 429 with Retry-After': status(429, { 'retry-after': '30' }),
  'answers 500': status(500),
  'answers 503': status(503),
  'sends a gzip bomb': (response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(64 << 20))),
  'sends damaged gzip': (response) => {
    const gzip = gzipSync(file)
    gzip.fill(0xff, 100, 200)
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzip)
  },
  'sends another file': (response) =>
    response.end(makePdb({ guid: `FFFF${guid.slice(4)}`, age: 1 })),
  'sends a cabinet for the plain file': (response) =>
    response.end(
      makeCabinet({
        folders: [{ compression: 0, blocks: blocksOf(file) }],
        files: [{ name: 'app.pdb', size: file.byteLength }],
      }),
    ),
  'changes its ETag between ranges': (response, request) => {
    const part = request.headers.range === undefined ? file : file.subarray(0, 1000)
    response.writeHead(request.headers.range === undefined ? 200 : 206, {
      etag: `"${Math.random()}"`,
      'accept-ranges': 'bytes',
      'content-length': part.byteLength,
    })
    response.end(part)
  },
})

/** Cabinets hold at most 32 KiB in a block. */
function blocksOf(bytes: Buffer): { packed: Buffer; size: number }[] {
  const count = Math.ceil(bytes.byteLength / 32_768)
  return Array.from({ length: count }, (_, index) => {
    const packed = bytes.subarray(index * 32_768, (index + 1) * 32_768)
    return { packed, size: packed.byteLength }
  })
}

/** The faults there are. */
export const faults = Object.keys(answersOf(Buffer.alloc(0), ''))

/** Starts an upstream that has the file of this id, and a fault; it is stopped when the test has finished. */
export function startFaultyUpstream(fault: string, guid: string): Promise<UpstreamServer> {
  const answer = answersOf(faultyFile(guid), guid)[fault]
  if (answer === undefined) throw new Error(`there is no fault «${fault}»`)
  return startUpstream((request, response) => void answer(response, request))
}
