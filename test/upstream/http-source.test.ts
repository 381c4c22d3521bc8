import { getEventListeners } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createUpstream } from '../../src/upstream/create-upstream.ts'
import type { HttpSettings } from '../../src/upstream/upstream-settings.ts'
import type { TroubleReason, Upstream, UpstreamAnswer } from '../../src/upstream/upstream.ts'
import { httpSettings } from '../helpers/http-settings.ts'
import { upstreamRequest } from '../helpers/upstream-request.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const PATH = 'app.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/app.pdb'
const bytes = Buffer.from('Microsoft C/C++ MSF 7.00 and so on. '.repeat(10_000))

const REQUEST = upstreamRequest(PATH)

function connect(url: string, more: Partial<HttpSettings> = {}): Upstream {
  const upstream = createUpstream(httpSettings(url, more))
  onTestFinished(() => upstream.close())
  return upstream
}

/** Trouble of an upstream that was reached. */
function trouble(cause: string, blame: 'host' | 'file', reason: TroubleReason = 'answer') {
  return { kind: 'trouble', stage: 'download', blame, cause, reason }
}

function patience(timeouts: Partial<HttpSettings['timeouts']>): Partial<HttpSettings> {
  return { timeouts: { ...httpSettings('http://a').timeouts, ...timeouts } }
}

/** Asks an upstream that answers in this way. */
async function ask(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  more: Partial<HttpSettings> = {},
) {
  const server = await startUpstream(answer)
  const upstream = connect(server.url, more)
  const result = await upstream.fetch(REQUEST, new AbortController().signal)
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
    const upstream = connect(`${server.url}/base/symbols`)
    const names = ['a b+c&d?e#f%2F.dll', 'größe 日本.pdb', "~!*'();.so"]
    for (const name of names)
      await upstream.fetch(
        upstreamRequest(`${name}/0ABCDEF012000/${name}`, { via: '1.1 a, 1.1 b' }),
        forever(),
      )
    expect(server.requests.map(({ url }) => url).filter((url) => !url?.endsWith('_'))).toEqual(
      names.map((name) => {
        const encoded = encodeURIComponent(name)
        return `/base/symbols/${encoded}/0ABCDEF012000/${encoded}`
      }),
    )
    expect(server.requests[0]?.headers).toMatchObject({
      'user-agent': 'agent/1',
      'accept-encoding': 'gzip, zstd',
      via: '1.1 a, 1.1 b',
    })
  })

  it('is made for the compressed form where the plain one is not there', async () => {
    const { server, result } = await ask((request, response) => {
      response.writeHead(request.url?.endsWith('_') === true ? 200 : 404).end()
    })
    expect(result.kind).toBe('found')
    expect(server.requests.map(({ url }) => url)).toEqual([
      `/${PATH}`,
      `/${PATH.replace(/.$/, '_')}`,
    ])
  })

  it('is made once where the upstream is in trouble', async () => {
    const { server } = await ask((_, response) => void response.writeHead(500).end())
    expect(server.requests).toHaveLength(1)
  })

  it('says what the client takes and knows of the file', async () => {
    const server = await startUpstream((_, response) => void response.end(bytes))
    const upstream = connect(server.url)
    await upstream.fetch(REQUEST, forever())
    const more = { acceptsMsfz: true, checksum: 'SHA256:00' }
    await upstream.fetch(upstreamRequest(PATH, more), forever())
    expect(
      server.requests.map(({ headers }) => [headers.accept, headers['symbolchecksum']]),
    ).toEqual([
      [undefined, undefined],
      ['application/msfz0, */*', 'SHA256:00'],
    ])
  })

  it('with a header that cannot be sent is trouble, not an exception', async () => {
    const server = await startUpstream((_, response) => void response.end(bytes))
    const answer = await connect(server.url).fetch(
      upstreamRequest(PATH, { via: 'a\nb' }),
      forever(),
    )

    expect(answer).toMatchObject({ kind: 'trouble', blame: 'file' })
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
    [204, trouble('status 204', 'file')],
    [206, trouble('status 206', 'file')],
    [304, trouble('status 304', 'file')],
    [401, trouble('status 401', 'host', 'unauthorized')],
    [403, trouble('status 403', 'file', 'forbidden')],
    [407, trouble('status 407', 'host', 'proxy')],
    [429, trouble('status 429', 'host', 'unavailable')],
    [500, trouble('status 500', 'host', 'unavailable')],
    [503, trouble('status 503', 'host', 'unavailable')],
  ])('of status %d is told apart', async (status, expected) => {
    const { result } = await ask((_, response) => {
      response.writeHead(status).end(status === 204 || status === 304 ? undefined : 'why not')
    })
    expect(result).toEqual(expected)
  })

  it('tells how long to wait, where it does', async () => {
    const { result } = await ask((_, response) => {
      response.writeHead(429, { 'retry-after': '7' }).end()
    })
    expect(result).toEqual({ ...trouble('status 429', 'host', 'unavailable'), retryAfterMs: 7000 })
  })

  it.each([
    ['trouble', 'beyond'],
    ['mismatch', 'file'],
  ])('of another symgate that says %s is no absence', async (reason, blame) => {
    const { result } = await ask((_, response) => {
      response.writeHead(404, { 'x-symgate-miss': reason }).end()
    })
    expect(result).toEqual({
      kind: 'trouble',
      stage: 'download',
      blame,
      cause: `the upstream symgate answers ${reason}`,
      reason: 'answer',
    })
  })

  it('without the file leaves its connection for the next, however it ends', async () => {
    const server = await startUpstream((_, response) => {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<html>'.repeat(1000))
    })
    const upstream = connect(server.url)
    for (let count = 0; count < 5; count++) await upstream.fetch(REQUEST, forever())
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
    expect(result).toEqual(trouble('more than 5 redirects', 'file'))
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
    expect(result).toEqual(trouble('status 302', 'file'))
  })

  it('without an address is trouble', async () => {
    const { result } = await ask((_, response) => void response.writeHead(302).end())
    expect(result).toEqual(trouble('status 302', 'file'))
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
    await expect(bodyOf(result)).rejects.toBeInstanceOf(Error)
  })

  it.each([
    ['no gzip at all', Buffer.from('<html>Sign in</html>')],
    ['cut, but ended properly', gzipSync(bytes).subarray(0, 500)],
    ['altered', altered(gzipSync(bytes))],
  ])('in gzip that is %s fails for its reader', async (_, sent) => {
    const { result } = await ask((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(sent)
    })
    await expect(bodyOf(result)).rejects.toBeInstanceOf(Error)
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
    await expect(bodyOf(result)).rejects.toBeInstanceOf(Error)
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
    expect(result.kind).toBe('found')
    if (result.kind === 'found') result.body.destroy()
    await closed
  })
})

describe('patience', () => {
  it('ends when no answer comes in time', async () => {
    const { result } = await ask(() => {}, patience({ firstByteMs: 100 }))
    expect(result).toMatchObject({
      kind: 'trouble',
      stage: 'download',
      blame: 'host',
      cause: expect.stringContaining('UND_ERR_HEADERS_TIMEOUT'),
    })
  })

  it('ends when a body stops for too long', async () => {
    const { result } = await ask(
      (_, response) => void response.writeHead(200).write(bytes.subarray(0, 100)),
      patience({ idleMs: 100 }),
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
    const { result } = await ask(drip, patience({ totalMs: 150 }))
    await expect(bodyOf(result)).rejects.toThrow('timeout')
    const silent = await ask(() => {}, patience({ totalMs: 100 }))
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
    ['that refuses connections', 'http://127.0.0.1:9', 'ECONNREFUSED', 'connection'],
    [
      'that has no address',
      'http://no-such-host.invalid',
      'ENOTFOUND|EAI_AGAIN',
      'name_resolution',
    ],
  ])('%s is trouble, which says how', async (_, url, code, reason) => {
    const answer = await connect(url).fetch(REQUEST, forever())
    expect(answer).toMatchObject({
      kind: 'trouble',
      stage: 'connect',
      blame: 'host',
      cause: expect.stringMatching(new RegExp(code)),
      reason,
    })
  })

  it('that sends more than it states gives what it stated, and answers the next', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfound and far too much')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const upstream = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    for (let count = 0; count < 3; count++)
      expect((await bodyOf(await upstream.fetch(REQUEST, forever()))).toString()).toBe('found')
  })

  it('that speaks no HTTP is trouble', async () => {
    const garbage = createServer((socket) => void socket.on('error', () => {}).end('hello\r\n\r\n'))
    await new Promise<void>((resolve) => garbage.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void garbage.close())
    const { port } = garbage.address() as AddressInfo
    const answer = await connect(`http://127.0.0.1:${port}`).fetch(REQUEST, forever())
    expect(answer).toMatchObject({
      kind: 'trouble',
      cause: expect.stringMatching(/^HTTPParserError: .*does not match/),
    })
  })

  it('rejects when it is told to stop, before and during an answer', async () => {
    const server = await startUpstream(() => {})
    const upstream = connect(server.url)
    const stopped = AbortSignal.abort(new Error('the server stops'))
    await expect(upstream.fetch(REQUEST, stopped)).rejects.toThrow('stops')
    const control = new AbortController()
    const waiting = upstream.fetch(REQUEST, control.signal)
    setTimeout(() => control.abort(new Error('the server stops')), 30)
    await expect(waiting).rejects.toThrow('the server stops')
  })

  it('breaks its bodies when it is told to stop', async () => {
    const server = await startUpstream((_, response) => void response.writeHead(200).write(bytes))
    const control = new AbortController()
    const answer = await connect(server.url).fetch(REQUEST, control.signal)
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
    for (const name of ['found', 'absent', 'redirect', 'found', 'absent', 'redirect']) {
      const answer = await upstream.fetch(
        upstreamRequest(`${name}.dll/0ABCDEF012000/${name}.dll`),
        signal,
      )
      if (answer.kind === 'found') await buffer(answer.body)
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('that is closed gives trouble for what still runs', async () => {
    const server = await startUpstream(() => {})
    const upstream = connect(server.url)
    const waiting = upstream.fetch(REQUEST, forever())
    setTimeout(() => void upstream.close(), 30)
    expect((await waiting).kind).toBe('trouble')
  })
})

function altered(packed: Buffer): Buffer {
  const bad = Buffer.from(packed)
  bad[bad.byteLength - 6] = (bad.at(-6) ?? 0) ^ 0xff // in the CRC
  return bad
}
