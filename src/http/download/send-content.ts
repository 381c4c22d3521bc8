import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { parseByteRange, type ByteRange } from '../../lib/byte-range.ts'
import type { BufferPool } from '../../lib/buffer-pool.ts'
import type { Content } from './content.ts'
import { isNotModified, isRangeCurrent } from './preconditions.ts'
import { pumpBody } from './pump-body.ts'

/**
 * Answers a GET or HEAD with the content: 200, 206, 304 or 416. `headers` go with every one of them.
 * Resolves the number of body bytes sent, or undefined, with nothing sent, when the content has gone.
 * Rejects when the body broke off: the connection must then be cut, so that nobody takes it for whole.
 */
export async function sendContent(
  request: IncomingMessage,
  response: ServerResponse,
  content: Content,
  headers: OutgoingHttpHeaders,
  pool: BufferPool,
): Promise<number | undefined> {
  const head: OutgoingHttpHeaders = {
    ...headers,
    etag: `"${content.etag}"`,
    'last-modified': new Date(content.modifiedAtMs).toUTCString(),
  }
  const { encoding } = content
  if (isNotModified(request.headers, content)) {
    response.writeHead(304, head).end()
    return 0
  }
  const isHead = request.method === 'HEAD'
  const { range: rangeHeader } = request.headers
  const ranged =
    !isHead &&
    encoding === undefined &&
    rangeHeader !== undefined &&
    isRangeCurrent(request.headers, content)
  const size = ranged ? await sizeForRange(rangeHeader, content) : content.size
  const range = ranged && size !== undefined ? parseByteRange(rangeHeader, size) : undefined
  if (range === 'unsatisfiable') {
    response
      .writeHead(416, { ...head, 'content-range': `bytes */${size}`, 'content-length': 0 })
      .end()
    return 0
  }
  if (size !== undefined) {
    if (encoding === undefined) head['accept-ranges'] = 'bytes'
    head['content-length'] = range === undefined ? size : range.end - range.start
  }
  if (encoding !== undefined) head['content-encoding'] = encoding
  if (range !== undefined) head['content-range'] = `bytes ${range.start}-${range.end - 1}/${size}`
  const status = range === undefined ? 200 : 206
  if (isHead) {
    response.writeHead(status, head).end()
    return 0
  }
  return await sendBody(
    response,
    content,
    range ?? { start: 0, end: size ?? Infinity },
    { status, head },
    pool,
  )
}

/** A range that could be answered without the size waits for it all the same: Content-Range states it. */
async function sizeForRange(header: string, content: Content): Promise<number | undefined> {
  if (content.size !== undefined) return content.size
  // Several ranges and other units are answered with the whole, which need not wait.
  return parseByteRange(header, Number.MAX_SAFE_INTEGER) === undefined
    ? undefined
    : await content.finalSize()
}

async function sendBody(
  response: ServerResponse,
  content: Content,
  range: ByteRange,
  { status, head }: { status: number; head: OutgoingHttpHeaders },
  pool: BufferPool,
): Promise<number | undefined> {
  if (content.whole !== undefined) {
    const whole = await content.whole()
    if (whole === undefined) return undefined
    const bytes = whole.subarray(range.start, range.end)
    response.writeHead(status, head).end(bytes)
    return bytes.byteLength
  }
  const source = await content.open(range)
  if (source === undefined) return undefined
  const leave = pool.enter()
  try {
    response.writeHead(status, head)
    return await pumpBody(source, response, range, pool)
  } finally {
    leave()
    source.close()
  }
}
