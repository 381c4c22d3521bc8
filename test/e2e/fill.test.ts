import { existsSync, readdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { apiGet } from '../helpers/api-get.ts'
import { curl } from '../helpers/curl.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { createToken, startServer, waitUntil, type RunningServer } from '../helpers/server.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const PATH = `/app.pdb/${GUID}1/app.pdb`
const pdb = makePdb({ guid: GUID, age: 1, size: 1 << 20 })

function startProxy(url: string, more: object = {}): Promise<RunningServer> {
  return startServer({ config: { upstreams: [{ name: 'first', url, ...more }] } })
}

/** Every file below the cache but symgate's own. */
function cached(server: RunningServer): string[] {
  return readdirSync(join(server.data, 'cache'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.split('/').length === 3 && !name.startsWith('.symgate'),
  )
}

function staged(server: RunningServer): string[] {
  return readdirSync(join(server.data, 'cache/.symgate/staging/fills'))
}

describe('a fill', () => {
  it('brings a file from the upstream, keeps it, and serves it when the upstream has gone', async () => {
    const upstream = await startUpstream((_, response) => void response.end(pdb))
    const server = await startProxy(upstream.url)

    const first = await curl(server.url + PATH)
    expect(first.status).toBe(200)
    expect(first.body.equals(pdb)).toBe(true)
    expect(first.headers.get('x-symgate-source')).toBe('upstream:first')
    expect(upstream.requests[0]?.url).toBe(PATH)
    expect(upstream.requests[0]?.headers['user-agent']).toBe('Microsoft-Symbol-Server/10.0.0.0')

    await upstream.close()
    await waitUntil(() => cached(server).length === 1)
    const second = await curl(server.url + PATH.toLowerCase())
    expect(second.headers.get('x-symgate-source')).toBe('cache')
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'))
    expect(second.headers.get('last-modified')).toBe(first.headers.get('last-modified'))
    expect(second.body.equals(pdb)).toBe(true)
    await waitUntil(() => staged(server).length === 0)
  })

  it('asks the upstream once for 200 clients that ask at the same time', async () => {
    const upstream = await startUpstream(async (_, response) => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      response.end(pdb)
    })
    const server = await startProxy(upstream.url)
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const path = index % 2 === 0 ? PATH : PATH.toLowerCase()
        return Buffer.from(await (await fetch(server.url + path)).arrayBuffer())
      }),
    )
    for (const body of answers) expect(body.equals(pdb)).toBe(true)
    expect(upstream.requests).toHaveLength(1)
  })

  it('gives all clients a slow upstream’s first bytes while the rest is still to come', async () => {
    let finish = (): void => {}
    const upstream = await startUpstream((_, response) => {
      response.writeHead(200, { 'content-length': pdb.byteLength })
      response.write(pdb.subarray(0, 200_000))
      finish = () => void response.end(pdb.subarray(200_000))
    })
    const server = await startProxy(upstream.url)
    const readers = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const response = await fetch(server.url + PATH)
        expect(response.headers.get('content-length')).toBe(String(pdb.byteLength))
        const reader = response.body?.getReader()
        const { value } = (await reader?.read()) ?? {}
        expect(value?.byteLength).toBeGreaterThan(0)
        return { reader, first: value }
      }),
    )
    finish()
    for (const { reader, first } of readers) {
      const chunks = [first ?? new Uint8Array()]
      for (;;) {
        const next = await reader?.read()
        if (next === undefined || next.done) break
        chunks.push(next.value)
      }
      expect(Buffer.concat(chunks).equals(pdb)).toBe(true)
    }
    expect(upstream.requests).toHaveLength(1)
  })

  it('goes on when its requesters leave', async () => {
    let finish = (): void => {}
    const upstream = await startUpstream((_, response) => {
      response.writeHead(200, { 'content-length': pdb.byteLength })
      response.write(pdb.subarray(0, 200_000))
      finish = () => void response.end(pdb.subarray(200_000))
    })
    const server = await startProxy(upstream.url)
    const abort = new AbortController()
    const response = await fetch(server.url + PATH, { signal: abort.signal })
    await response.body?.getReader().read()
    abort.abort()
    finish()
    await waitUntil(() => cached(server).length === 1)
    expect((await curl(server.url + PATH)).headers.get('x-symgate-source')).toBe('cache')
  })

  it('leaves no file, no miss and no whole-looking answer when the upstream dies half-way', async () => {
    let alive = false
    const upstream = await startUpstream((_, response) => {
      if (alive) return void response.end(pdb)
      response.writeHead(200, { 'content-length': pdb.byteLength })
      response.write(pdb.subarray(0, 500_000), () => setTimeout(() => response.destroy(), 100))
    })
    const server = await startProxy(upstream.url)
    const cut = await curl(server.url + PATH)
    expect([18, 56]).toContain(cut.exit)
    expect(cut.body.byteLength).toBeLessThan(pdb.byteLength)
    expect(cached(server)).toEqual([])
    await waitUntil(() => staged(server).length === 0)

    alive = true
    expect((await curl(server.url + PATH)).body.equals(pdb)).toBe(true)
  })

  it('never ends a chunked answer of unknown length as if it were whole', async () => {
    const upstream = await startUpstream((_, response) => {
      response.write(pdb.subarray(0, 500_000), () => setTimeout(() => response.destroy(), 100))
    })
    const server = await startProxy(upstream.url)
    const { exit, headers } = await curl(server.url + PATH)
    expect(headers.get('transfer-encoding')).toBe('chunked')
    expect(headers.get('accept-ranges')).toBeUndefined()
    expect([18, 56]).toContain(exit)
  })

  it('decodes gzip, and stores and serves the plain file', async () => {
    const upstream = await startUpstream((request, response) => {
      expect(request.headers['accept-encoding']).toContain('gzip')
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(pdb))
    })
    const server = await startProxy(upstream.url)
    const answer = await curl(server.url + PATH)
    expect(answer.body.equals(pdb)).toBe(true)
    expect(answer.headers.get('content-encoding')).toBeUndefined()
    await waitUntil(() => cached(server).length === 1)
  })

  it('follows redirects', async () => {
    const upstream = await startUpstream((request, response) => {
      if (request.url?.startsWith('/blob') === true) return void response.end(pdb)
      response.writeHead(302, { location: '/blob/signed?until=soon' }).end()
    })
    const server = await startProxy(upstream.url)
    expect((await curl(server.url + PATH)).body.equals(pdb)).toBe(true)
  })

  it('answers 404 for a login page, and takes the file from the next upstream', async () => {
    const login = await startUpstream((_, response) => {
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!DOCTYPE html><title>Sign in</title>')
    })
    const alone = await startProxy(login.url)
    const refused = await curl(alone.url + PATH)
    expect(refused.status).toBe(404)
    expect(refused.headers.get('x-symgate-miss')).toBe('mismatch')
    expect(refused.headers.get('cache-control')).toBe('no-store')
    expect(cached(alone)).toEqual([])

    const good = await startUpstream((_, response) => void response.end(pdb))
    const both = await startServer({
      config: {
        upstreams: [
          { name: 'login', url: login.url },
          { name: 'good', url: good.url },
        ],
      },
    })
    const answer = await curl(both.url + PATH)
    expect(answer.headers.get('x-symgate-source')).toBe('upstream:good')
    expect(answer.body.equals(pdb)).toBe(true)
  })

  it('refuses a file of another identity, small ones with a 404, large ones by cutting the connection', async () => {
    const other = 'F'.repeat(8) + GUID.slice(8)
    const small = makePdb({ guid: other, age: 1 })
    const large = makePdb({ guid: other, age: 1, size: 1 << 20 })
    const upstream = await startUpstream((request, response) => {
      response.end(request.url?.startsWith('/small') === true ? small : large)
    })
    const server = await startProxy(upstream.url)
    const refused = await curl(`${server.url}/small.pdb/${GUID}1/small.pdb`)
    expect(refused.status).toBe(404)
    expect(refused.headers.get('x-symgate-miss')).toBe('mismatch')
    expect([18, 56]).toContain((await curl(server.url + PATH)).exit)
    expect(cached(server)).toEqual([])
  })

  it('accepts the same GUID with another age and says so in the log', async () => {
    const upstream = await startUpstream((_, response) => void response.end(pdb))
    const server = await startProxy(upstream.url)
    expect((await curl(`${server.url}/app.pdb/${GUID}7/app.pdb`)).body.equals(pdb)).toBe(true)
    await waitUntil(() => server.log().some(({ msg }) => msg === 'fill accepted with another id'))
  })

  it('answers HEAD from the head of the fill, and ranges when their bytes have come', async () => {
    let finish = (): void => {}
    const upstream = await startUpstream((_, response) => {
      response.writeHead(200, { 'content-length': pdb.byteLength })
      response.write(pdb.subarray(0, 200_000))
      finish = () => void response.end(pdb.subarray(200_000))
    })
    const server = await startProxy(upstream.url)
    const head = await curl('--head', server.url + PATH)
    expect(head.status).toBe(200)
    expect(head.headers.get('content-length')).toBe(String(pdb.byteLength))

    const early = await curl('--range', '10-99', server.url + PATH)
    expect(early.status).toBe(206)
    expect(early.body.equals(pdb.subarray(10, 100))).toBe(true)
    expect(early.headers.get('etag')).toBe(head.headers.get('etag'))

    const late = curl('--range', '-100', server.url + PATH)
    setTimeout(finish, 100)
    expect((await late).body.equals(pdb.subarray(-100))).toBe(true)
    expect(upstream.requests).toHaveLength(1)
  })

  it('makes a suffix range of unknown length wait for the end', async () => {
    const upstream = await startUpstream((_, response) => {
      response.write(pdb.subarray(0, 200_000))
      setTimeout(() => response.end(pdb.subarray(200_000)), 200)
    })
    const server = await startProxy(upstream.url)
    const answer = await curl('--range', '-100', server.url + PATH)
    expect(answer.status).toBe(206)
    expect(answer.headers.get('content-range')).toBe(
      `bytes ${pdb.byteLength - 100}-${pdb.byteLength - 1}/${pdb.byteLength}`,
    )
    expect(answer.body.equals(pdb.subarray(-100))).toBe(true)
  })
})

describe('misses', () => {
  it('are remembered per path, and end at once with an upload of the file', async () => {
    const upstream = await startUpstream((_, response) => void response.writeHead(404).end())
    const server = await startProxy(upstream.url)
    const miss = async (): Promise<string | undefined> =>
      (await curl(server.url + PATH)).headers.get('x-symgate-miss')
    expect(await miss()).toBe('absent')
    expect(await miss()).toBe('remembered')
    expect(upstream.requests.map(({ url }) => url)).toEqual([PATH, PATH.replace(/b$/, '_')])

    const token = await createToken(server, 'upload')
    const response = await fetch(`${server.url}/${token}/symbols?upload_file=app.pdb`, {
      method: 'POST',
      body: pdb,
    })
    expect(response.status).toBe(200)
    const found = await curl(server.url + PATH)
    expect(found.headers.get('x-symgate-source')).toBe('hosted')
    expect(found.body.equals(pdb)).toBe(true)
  })

  it('outlive a restart and hold only for retry_after', async () => {
    const upstream = await startUpstream((_, response) => void response.writeHead(404).end())
    const config = (retry_after: string) => ({
      misses: { retry_after },
      upstreams: [{ name: 'first', url: upstream.url }],
    })
    const missAt = async ({ url }: RunningServer): Promise<string | undefined> =>
      (await curl(url + PATH)).headers.get('x-symgate-miss')
    const first = await startServer({ config: config('1h') })
    expect(await missAt(first)).toBe('absent')
    await first.stop()
    const second = await startServer({ data: first.data, config: config('1h') })
    expect(await missAt(second)).toBe('remembered')
    await second.stop()
    const third = await startServer({ data: first.data, config: config('1ms') })
    expect(await missAt(third)).toBe('absent')
    // Twice, each time in both forms.
    expect(upstream.requests).toHaveLength(4)
  })

  it('are never made of trouble', async () => {
    let status = 500
    const upstream = await startUpstream(
      (_, response) => void response.writeHead(status).end(status === 200 ? pdb : undefined),
    )
    const server = await startProxy(upstream.url)
    for (const trouble of [500, 503, 429, 401, 403]) {
      status = trouble
      const answer = await curl(server.url + PATH)
      expect([answer.status, answer.headers.get('x-symgate-miss')]).toEqual([404, 'trouble'])
    }
    status = 200
    expect((await curl(server.url + PATH)).status).toBe(200)
  })

  it('are not made of trouble that another symgate has', async () => {
    let broken = true
    const source = await startUpstream((_, response) => {
      if (broken) return void response.writeHead(503).end()
      response.end(pdb)
    })
    const near = await startProxy(source.url)
    const far = await startProxy(near.url)
    const miss = async (): Promise<string | undefined> =>
      (await curl(far.url + PATH)).headers.get('x-symgate-miss')
    expect(await miss()).toBe('trouble')
    expect(await miss()).toBe('trouble')
    broken = false
    expect((await curl(far.url + PATH)).body.equals(pdb)).toBe(true)
  })

  it('are not made of an upstream that cannot be reached, that is silent, or that speaks no HTTP', async () => {
    const garbage = createServer((socket) => void socket.end('hello\r\n\r\n')).listen(
      0,
      '127.0.0.1',
    )
    const silent = await startUpstream(() => {})
    const port = (garbage.address() as AddressInfo).port
    for (const url of ['http://127.0.0.1:9', `http://127.0.0.1:${port}`, silent.url]) {
      const server = await startProxy(url, { timeouts: { first_byte: '500ms' } })
      expect((await curl(server.url + PATH)).headers.get('x-symgate-miss')).toBe('trouble')
      expect((await curl(server.url + PATH)).headers.get('x-symgate-miss')).toBe('trouble')
      await server.stop()
    }
    garbage.close()
  })

  it('of a public upstream are not even asked for when the name is or was hosted here', async () => {
    const upstream = await startUpstream((_, response) => void response.writeHead(404).end())
    const server = await startProxy(upstream.url, { public: true })
    const token = await createToken(server, 'upload')
    await fetch(`${server.url}/${token}/symbols?upload_file=App.pdb`, { method: 'POST', body: pdb })
    const other = `${'0'.repeat(31)}5`
    const answer = await curl(`${server.url}/app.pdb/${other}1/app.pdb`)
    expect([answer.status, answer.headers.get('x-symgate-miss')]).toEqual([404, 'absent'])
    expect(upstream.requests).toHaveLength(0)
    const { json } = await apiGet(server, `/explain?path=app.pdb/${other}1/app.pdb`)
    expect(json.upstreams[0].because).toMatch(
      /are or were hosted here; public_names .* releases it/,
    )
    await curl(`${server.url}/other.pdb/${other}1/other.pdb`)
    expect(upstream.requests).toHaveLength(2)
  })
})

it('two symgates that are each other’s upstream do not wait for each other', async () => {
  const absent = await startUpstream((_, response) => {
    setTimeout(() => response.writeHead(404).end(), 500)
  })
  let second = ''
  const relay = await startUpstream((request, response) => {
    void fetch(second + request.url, { headers: { via: String(request.headers.via) } }).then(
      (answer) => response.writeHead(answer.status).end(),
    )
  })
  const slow = { name: 'slow', url: absent.url }
  const first = await startServer({
    config: { upstreams: [slow, { name: 'peer', url: relay.url }] },
  })
  const other = await startServer({
    config: { upstreams: [slow, { name: 'peer', url: first.url }] },
  })
  second = other.url
  const startedAt = Date.now()
  const answers = await Promise.all([curl(first.url + PATH), curl(other.url + PATH)])
  expect(answers.map(({ status }) => status)).toEqual([404, 404])
  // Waiting for each other would end at the first-byte timeout of 30 s.
  expect(Date.now() - startedAt).toBeLessThan(20_000)
})

it('two symgates that are each other’s upstream do not go round in circles', async () => {
  let second = ''
  const relay = await startUpstream((request, response) => {
    // Stands for the second symgate, whose port is not known when the first one starts.
    void fetch(second + request.url, { headers: { via: String(request.headers.via) } }).then(
      (answer) => response.writeHead(answer.status).end(),
    )
  })
  const first = await startProxy(relay.url)
  second = (await startProxy(first.url)).url
  expect((await curl(first.url + PATH)).status).toBe(404)
  expect(relay.requests.map(({ url }) => url)).toEqual([PATH, PATH.replace(/b$/, '_')])
  expect(existsSync(join(first.data, 'cache/app.pdb'))).toBe(false)
})
