import { getEventListeners } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { HttpUpstream, type HttpUpstreamOptions } from '../../src/upstream/http-upstream.ts'
import type { UpstreamAnswer } from '../../src/upstream/upstream.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const PATH = 'app.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/app.pdb'
const bytes = Buffer.from('Microsoft C/C++ MSF 7.00 and so on. '.repeat(10_000))

function connect(url: string, options: Partial<HttpUpstreamOptions> = {}): HttpUpstream {
  const upstream = new HttpUpstream({
    name: 'first',
    url,
    isPublic: false,
    missRetryAfterMs: 0,
    userAgent: 'agent/1',
    connectTimeoutMs: 5000,
    firstByteTimeoutMs: 5000,
    idleTimeoutMs: 5000,
    totalTimeoutMs: 0,
    ...options,
  })
  onTestFinished(() => upstream.close())
  return upstream
}

/** Asks an upstream that answers in this way. */
async function ask(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  options: Partial<HttpUpstreamOptions> = {},
) {
  const server = await startUpstream(answer)
  const upstream = connect(server.url, options)
  const result = await upstream.fetch(PATH, { via: '1.1 me', signal: new AbortController().signal })
  return { server, upstream, result }
}

async function bodyOf(answer: UpstreamAnswer): Promise<Buffer> {
  if (answer.kind !== 'found') throw new Error(`not found but ${JSON.stringify(answer)}`)
  return await buffer(answer.body)
}

const forever = (): AbortSignal => new AbortController().signal

describe('a request', () => {
  it('names the file, percent-encoded below the base address, the agent and the way it came', async () => {
    const server = await startUpstream((_, response) => void response.writeHead(404).end())
    const upstream = connect(`${server.url}/base/symbols/`)
    const names = ['a b+c&d?e#f%2F.dll', 'größe 日本.pdb', "~!*'();.so"]
    for (const name of names)
      await upstream.fetch(`${name}/0ABC1000/${name}`, { via: '1.1 a, 1.1 b', signal: forever() })
    expect(server.requests.map(({ url }) => url)).toEqual(
      names.map((name) => {
        const encoded = encodeURIComponent(name)
        return `/base/symbols/${encoded}/0ABC1000/${encoded}`
      }),
    )
    expect(server.requests[0]?.headers).toMatchObject({
      'user-agent': 'agent/1',
      'accept-encoding': 'gzip',
      via: '1.1 a, 1.1 b',
    })
  })

  it('with a header that cannot be sent is trouble, not an exception', async () => {
    const server = await startUpstream((_, response) => void response.end(bytes))
    const answer = await connect(server.url).fetch(PATH, { via: 'a\nb', signal: forever() })
    expect(answer.kind).toBe('trouble')
  })
})

describe('an answer', () => {
  it('has the file with its size where it is stated', async () => {
    const stated = await ask((_, response) => void response.end(bytes))
    expect(stated.result).toMatchObject({ kind: 'found', size: bytes.byteLength })
    expect((await bodyOf(stated.result)).equals(bytes)).toBe(true)
    const chunked = await ask((_, response) => {
      response.write(bytes)
      response.end()
    })
    expect(chunked.result).toMatchObject({ kind: 'found', size: undefined })
    expect((await bodyOf(chunked.result)).equals(bytes)).toBe(true)
  })

  it.each(['gzip', 'x-gzip', 'GZip '])(
    'is decoded from %s, and its size not known',
    async (name) => {
      const { result } = await ask((_, response) => {
        const packed = gzipSync(bytes)
        response.writeHead(200, { 'content-encoding': name, 'content-length': packed.byteLength })
        response.end(packed)
      })
      expect(result).toMatchObject({ kind: 'found', size: undefined })
      expect((await bodyOf(result)).equals(bytes)).toBe(true)
    },
  )

  it('is taken as it is where the encoding is called identity', async () => {
    const { result } = await ask((_, response) => {
      response.writeHead(200, { 'content-encoding': 'identity' }).end(bytes)
    })
    expect((await bodyOf(result)).equals(bytes)).toBe(true)
  })

  it.each(['br', 'deflate', 'gzip, gzip', 'x'.repeat(500)])(
    'in an encoding that was not asked for (%s) is trouble, and ends the transfer',
    async (encoding) => {
      let closed: Promise<unknown> | undefined
      const { result } = await ask((_, response) => {
        closed = new Promise((resolve) => response.once('close', resolve))
        response.writeHead(200, { 'content-encoding': encoding })
        response.write(bytes)
      })
      expect(result).toMatchObject({
        kind: 'trouble',
        cause: expect.stringMatching(/^unknown Content-Encoding ".{2,40}"$/),
      })
      await closed
    },
  )

  it.each([
    [404, { kind: 'absent' }],
    [410, { kind: 'absent' }],
    [204, { kind: 'trouble', cause: 'status 204' }],
    [206, { kind: 'trouble', cause: 'status 206' }],
    [304, { kind: 'trouble', cause: 'status 304' }],
    [401, { kind: 'trouble', cause: 'status 401' }],
    [403, { kind: 'trouble', cause: 'status 403' }],
    [429, { kind: 'trouble', cause: 'status 429' }],
    [500, { kind: 'trouble', cause: 'status 500' }],
    [503, { kind: 'trouble', cause: 'status 503' }],
  ])('of status %d is told apart', async (status, expected) => {
    const { result } = await ask((_, response) => {
      response.writeHead(status).end(status === 204 || status === 304 ? undefined : 'why not')
    })
    expect(result).toEqual(expected)
  })

  it('without the file leaves its connection for the next, however it ends', async () => {
    const server = await startUpstream((_, response) => {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<html>'.repeat(1000))
    })
    const upstream = connect(server.url)
    for (let count = 0; count < 5; count++)
      await upstream.fetch(PATH, { via: '', signal: forever() })
    expect(new Set(server.requests.map(({ socket }) => socket)).size).toBeLessThan(4)
  })
})

describe('a redirect', () => {
  it('is followed, relative or to another host, up to five times', async () => {
    const target = await startUpstream((_, response) => void response.end(bytes))
    const { result, server } = await ask((request, response) => {
      const step = Number(/^\/step(\d)$/.exec(request.url ?? '')?.[1] ?? 0)
      const location = step < 4 ? `/step${step + 1}` : `${target.url}/signed?until=soon`
      response.writeHead([301, 302, 303, 307, 308][step] ?? 302, { location }).end('moved')
    })
    expect((await bodyOf(result)).equals(bytes)).toBe(true)
    expect([server.requests.length, target.requests[0]?.url]).toEqual([5, '/signed?until=soon'])
  })

  it('in a loop ends as trouble', async () => {
    const { result, server } = await ask((_, response) => {
      response.writeHead(302, { location: '/again' }).end()
    })
    expect(result).toEqual({ kind: 'trouble', cause: 'more than 5 redirects' })
    expect(server.requests).toHaveLength(6)
  })

  it.each([
    ['file:///etc/passwd'],
    ['ftp://127.0.0.1/app.pdb'],
    ['javascript:alert(1)'],
    ['http://'],
    ['http://[::1'],
  ])('to %s is not followed', async (location) => {
    const { result } = await ask((_, response) => {
      response.writeHead(302, { location }).end()
    })
    expect(result).toEqual({ kind: 'trouble', cause: 'status 302' })
  })

  it('without an address is trouble', async () => {
    const { result } = await ask((_, response) => void response.writeHead(302).end())
    expect(result).toEqual({ kind: 'trouble', cause: 'status 302' })
  })

  it('to a file that is not there is an absence', async () => {
    const { result } = await ask((request, response) => {
      if (request.url === '/gone') return void response.writeHead(404).end()
      response.writeHead(302, { location: '/gone' }).end()
    })
    expect(result).toEqual({ kind: 'absent' })
  })
})

describe('a transfer', () => {
  it.each([
    ['plain, of stated length', { 'content-length': String(bytes.byteLength) }, bytes],
    ['plain, of unknown length', {}, bytes],
    ['gzip', { 'content-encoding': 'gzip' }, gzipSync(bytes)],
  ])('that is cut (%s) fails for its reader', async (_, headers, sent) => {
    const { result } = await ask((_request, response) => {
      response.writeHead(200, headers)
      response.write(sent.subarray(0, sent.byteLength / 2), () =>
        setTimeout(() => response.destroy(), 20),
      )
    })
    await expect(bodyOf(result)).rejects.toThrow()
  })

  it.each([
    ['no gzip at all', Buffer.from('<html>Sign in</html>')],
    ['cut, but ended properly', gzipSync(bytes).subarray(0, 500)],
    ['altered', altered(gzipSync(bytes))],
  ])('in gzip that is %s fails for its reader', async (_, sent) => {
    const { result } = await ask((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(sent)
    })
    await expect(bodyOf(result)).rejects.toThrow()
  })

  it.each([
    ['plain', {}, bytes],
    ['gzip', { 'content-encoding': 'gzip' }, gzipSync(bytes)],
    ['broken gzip', { 'content-encoding': 'gzip' }, Buffer.from('no gzip')],
  ])('that breaks before anybody reads it (%s) takes nothing down', async (_, headers, sent) => {
    const { result } = await ask((_request, response) => {
      response.writeHead(200, headers)
      response.write(sent, () => response.destroy())
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    await expect(bodyOf(result)).rejects.toThrow()
  })

  it.each([
    ['plain', {}, bytes],
    ['gzip', { 'content-encoding': 'gzip' }, gzipSync(bytes)],
  ])('is ended at the upstream when its reader gives up (%s)', async (_, headers, sent) => {
    let closed: Promise<unknown> | undefined
    const { result } = await ask((_request, response) => {
      closed = new Promise((resolve) => response.once('close', resolve))
      response.writeHead(200, headers).write(sent.subarray(0, 200))
    })
    if (result.kind === 'found') result.body.destroy()
    await closed
  })
})

describe('patience', () => {
  it('ends when no answer comes in time', async () => {
    const { result } = await ask(() => {}, { firstByteTimeoutMs: 100 })
    expect(result).toMatchObject({
      kind: 'trouble',
      cause: expect.stringContaining('UND_ERR_HEADERS_TIMEOUT'),
    })
  })

  it('ends when a body stops for too long', async () => {
    const { result } = await ask(
      (_, response) => void response.writeHead(200).write(bytes.subarray(0, 100)),
      { idleTimeoutMs: 100 },
    )
    await expect(bodyOf(result)).rejects.toThrow('Body Timeout')
  })

  it('ends when the whole takes too long, though something always comes', async () => {
    const timers: NodeJS.Timeout[] = []
    onTestFinished(() => timers.forEach(clearInterval))
    const drip = (_: unknown, response: ServerResponse): void => {
      response.writeHead(200).write('x')
      timers.push(setInterval(() => response.write('x'), 10))
    }
    const { result } = await ask(drip, { totalTimeoutMs: 150 })
    await expect(bodyOf(result)).rejects.toThrow('timeout')
    const silent = await ask(() => {}, { totalTimeoutMs: 100 })
    expect(silent.result).toMatchObject({
      kind: 'trouble',
      cause: expect.stringContaining('TimeoutError'),
    })
  })

  it('for a refusal whose page never ends is short', async () => {
    const timers: NodeJS.Timeout[] = []
    onTestFinished(() => timers.forEach(clearInterval))
    const { result } = await ask((_, response) => {
      response.writeHead(404).write('x')
      const page = Buffer.alloc(65_536)
      timers.push(setInterval(() => response.write(page), 1))
    })
    expect(result).toEqual({ kind: 'absent' })
  })
})

describe('an upstream', () => {
  it.each([
    ['that refuses connections', 'http://127.0.0.1:9', 'ECONNREFUSED'],
    ['that has no address', 'http://no-such-host.invalid', 'ENOTFOUND|EAI_AGAIN'],
  ])('%s is trouble, which says how', async (_, url, code) => {
    const answer = await connect(url).fetch(PATH, { via: '', signal: forever() })
    expect(answer).toMatchObject({
      kind: 'trouble',
      cause: expect.stringMatching(new RegExp(code)),
    })
  })

  it('that speaks no HTTP is trouble', async () => {
    const garbage = createServer((socket) => void socket.on('error', () => {}).end('hello\r\n\r\n'))
    await new Promise<void>((resolve) => garbage.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void garbage.close())
    const { port } = garbage.address() as AddressInfo
    const answer = await connect(`http://127.0.0.1:${port}`).fetch(PATH, {
      via: '',
      signal: forever(),
    })
    expect(answer).toMatchObject({
      kind: 'trouble',
      cause: expect.stringMatching(/^HTTPParserError: .*does not match/),
    })
  })

  it('rejects when it is told to stop, before and during an answer', async () => {
    const server = await startUpstream(() => {})
    const upstream = connect(server.url)
    const stopped = AbortSignal.abort(new Error('the server stops'))
    await expect(upstream.fetch(PATH, { via: '', signal: stopped })).rejects.toThrow('stops')
    const control = new AbortController()
    const waiting = upstream.fetch(PATH, { via: '', signal: control.signal })
    setTimeout(() => control.abort(new Error('the server stops')), 30)
    await expect(waiting).rejects.toThrow('the server stops')
  })

  it('breaks its bodies when it is told to stop', async () => {
    const server = await startUpstream((_, response) => void response.writeHead(200).write(bytes))
    const control = new AbortController()
    const answer = await connect(server.url).fetch(PATH, { via: '', signal: control.signal })
    setTimeout(() => control.abort(new Error('the server stops')), 30)
    await expect(bodyOf(answer)).rejects.toThrow('the server stops')
  })

  it('leaves nothing behind on the signal that all its requests share', async () => {
    const server = await startUpstream((request, response) => {
      if (request.url?.includes('redirect') === true)
        return void response.writeHead(302, { location: '/found' }).end()
      if (request.url?.includes('absent') === true) return void response.writeHead(404).end()
      response.end(bytes)
    })
    const upstream = connect(server.url)
    const { signal } = new AbortController()
    for (const path of ['found', 'absent', 'redirect', 'found', 'absent', 'redirect']) {
      const answer = await upstream.fetch(path, { via: '', signal })
      if (answer.kind === 'found') await buffer(answer.body)
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('that is closed gives trouble for what still runs', async () => {
    const server = await startUpstream(() => {})
    const upstream = connect(server.url)
    const waiting = upstream.fetch(PATH, { via: '', signal: forever() })
    setTimeout(() => void upstream.close(), 30)
    expect((await waiting).kind).toBe('trouble')
  })
})

function altered(packed: Buffer): Buffer {
  const bad = Buffer.from(packed)
  bad[bad.byteLength - 6] = (bad.at(-6) ?? 0) ^ 0xff // in the CRC
  return bad
}
