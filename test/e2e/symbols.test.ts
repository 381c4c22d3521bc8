import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makePe } from '../helpers/make-pe.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { createToken, sharedServer, startServer, type RunningServer } from '../helpers/server.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const pdb = makePdb({ guid: GUID, age: 10, size: 300_000 })
const noAge = makePdb({ guid: GUID, age: 0 })
const pe = makePe({ timestamp: 0x5617d563, sizeOfImage: 0x8000 })
const PDB = `/App+1.pdb/${GUID}a/App+1.pdb`
const PE = '/app.dll/5617D5638000/app.dll'

const shared = sharedServer()

/** The server of all tests that only read, or one with the given settings; both files are on it. */
async function filled(config?: object): Promise<{ server: RunningServer; token: string }> {
  const server = config === undefined ? shared() : await startServer({ config })
  const token = await createToken(server, 'upload')
  const body = makeZip([
    { name: 'App+1.pdb', data: pdb },
    { name: 'app.dll', data: pe },
  ])
  const response = await fetch(`${server.url}/${token}/symbols`, { method: 'POST', body })
  expect(response.status).toBe(200)
  return { server, token }
}

describe('symbol paths', () => {
  it('find the file in every spelling that clients use', async () => {
    const { server } = await filled()
    const download = await createToken(server, 'download')
    const guid = GUID.toLowerCase()
    for (const path of [
      PDB,
      PDB.toUpperCase(),
      PDB.toLowerCase(),
      `/app%2B1.pdb/${guid}A/app%2b1.PDB`,
      `/App+1.pdb/${GUID}0000000a/App+1.pdb`,
      `/App+1.pdb/${GUID}10/App+1.pdb`, // LLDB prints the age in decimal
      `/Ap/App+1.pdb/${GUID}a/App+1.pdb`,
      `/symbols${PDB}`,
      `/download/symbols${PDB}`,
      `/SYMBOLS${PDB}`,
      `//symbols//${PDB.slice(1).replaceAll('/', '//')}`,
      PDB.replaceAll('/', '%2F').replace('%2F', '/'),
      `/t/${download}${PDB}`,
      `/t/${download.toUpperCase()}/symbols${PDB}`,
      `/t/${download}/download/symbols${PDB}`,
      `/Another+name.pdb/${GUID}a/Another+name.pdb`,
    ]) {
      const { status, body } = await curl('--path-as-is', server.url + path)
      expect([path, status, body.equals(pdb)]).toEqual([path, 200, true])
    }
    for (const path of [PE, '/APP.DLL/5617d5638000/APP.DLL', '/app.dll/5617D56300008000/app.dll']) {
      expect([path, (await curl(server.url + path)).body.equals(pe)]).toEqual([path, true])
    }
  })

  it('answer the requests of a debugger in its order', async () => {
    const { server } = await filled()
    const statuses: (number | string | undefined)[] = []
    for (const path of [
      '/index2.txt',
      PDB,
      PDB.replace(/b$/, '_'),
      PDB.replace(/[^/]+$/, 'file.ptr'),
      '/pingme.txt',
    ]) {
      const { status, headers } = await curl(server.url + path)
      statuses.push(status)
      if (status === 404)
        expect([headers.get('cache-control'), headers.has('x-symgate-miss')]).toEqual([
          'no-store',
          true,
        ])
    }
    expect(statuses).toEqual([404, 200, 404, 404, 200])
    for (const base of ['', '/symbols', '/download/symbols']) {
      expect((await curl(`${server.url}${base}/index2.txt`)).status).toBe(404)
      expect((await curl(`${server.url}${base}/pingme.txt`)).status).toBe(200)
    }
  })

  it('never ask an upstream for `_` forms, pointers, probes or bogus ids, nor touch the disk for them', async () => {
    const upstream = await startUpstream((_, response) => void response.writeHead(404).end())
    const server = await startServer({
      config: { upstreams: [{ name: 'first', url: upstream.url }] },
    })
    const paths = [
      `/foo.pdb/${GUID}1/foo.pd_`,
      `/foo.pdb/${GUID}1/file.ptr`,
      '/index2.txt',
      '/pingme.txt',
      `/foo.pdb/${'0'.repeat(33)}/foo.pdb`,
      '/foo.dll/FFFFFFFF/foo.dll',
      '/foo.pdb/notanid/foo.pdb',
      `/../../etc/passwd`,
      `/..%2f..%2f/${GUID}1/..%2f..%2f`,
      `/../${GUID}1/..`,
      `/%2e%2e/${GUID}1/%2e%2e`,
      `/a%00b.pdb/${GUID}1/a%00b.pdb`,
      `/a%0ab.pdb/${GUID}1/a%0ab.pdb`,
      `/..%5c..%5cx.pdb/${GUID}1/..%5c..%5cx.pdb`,
      `/CON/${GUID}1/CON`,
      `/nul.pdb/${GUID}1/nul.pdb`,
      `/000Admin/${GUID}1/000Admin`,
      `/web.config/${GUID}1/web.config`,
      `/.symgate/${GUID}1/.symgate`,
      `/${'n'.repeat(300)}/${GUID}1/${'n'.repeat(300)}`,
      `/%ff%fe/${GUID}1/%ff%fe`,
      `/%zz/${GUID}1/%zz`,
    ]
    for (const path of paths) {
      const { status } = await curl('--path-as-is', server.url + path)
      expect([path, status]).toEqual([path, path === '/pingme.txt' ? 200 : 404])
    }
    expect(upstream.requests).toHaveLength(0)
  })

  it('that no HTTP parser takes are answered 404 too', async () => {
    const server = shared()
    const port = Number(new URL(server.url).port)
    for (const line of [
      `GET /a b.pdb/1/a b.pdb HTTP/1.1`,
      `GET /${'x'.repeat(100_000)} HTTP/1.1`,
      'GET /\x01\x02 HTTP/1.1',
      'GET /foo HTTP/1.1\r\nHost: [bad',
      'GET http:// HTTP/1.1\r\nHost: x',
      'GET /foo.pdb/1/foo.pdb HTTP/1.1\r\nX-No: Host',
    ]) {
      const answer = await new Promise<string>((resolve) => {
        let text = ''
        const socket = connect(port, '127.0.0.1', () =>
          socket.write(
            `${line}\r\n${line.includes('Host') ? '' : 'Host: x\r\n'}Connection: close\r\n\r\n`,
          ),
        )
        socket.on('data', (chunk) => (text += chunk.toString('latin1')))
        socket.on('close', () => resolve(text))
        socket.on('error', () => resolve(text))
      })
      expect([line.slice(0, 40), answer.slice(0, 12)]).toEqual([line.slice(0, 40), 'HTTP/1.1 404'])
    }
  })
})

describe('answers', () => {
  it('carry what clients and proxies need', async () => {
    const { server } = await filled()
    const { headers } = await curl(server.url + PDB)
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-length': String(pdb.byteLength),
      'content-type': 'application/octet-stream',
      'accept-ranges': 'bytes',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
      'x-symgate-source': 'hosted',
      'last-modified': expect.stringMatching(/GMT$/),
      etag: expect.stringMatching(/^"[0-9a-f]{64}"$/),
    })
    expect((await curl(server.url + PE)).headers.get('cache-control')).toBe('public, max-age=86400')
  })

  it('to HEAD are those of GET without a body', async () => {
    const { server } = await filled()
    const get = await curl(server.url + PDB)
    const head = await curl('--head', server.url + PDB)
    for (const header of [
      'content-length',
      'etag',
      'last-modified',
      'cache-control',
      'accept-ranges',
    ]) {
      expect(head.headers.get(header)).toBe(get.headers.get(header))
    }
    expect([head.status, head.body.byteLength]).toEqual([200, 0])
    expect((await curl('--head', `${server.url}/no.pdb/${GUID}1/no.pdb`)).status).toBe(404)
  })

  it.each([
    ['0-99', 206, 0, 100],
    ['100-', 206, 100, undefined],
    ['-5', 206, -5, undefined],
    ['0-99999999', 206, 0, undefined],
  ])('to the range %s are its bytes', async (range, status, start, end) => {
    const { server } = await filled()
    const answer = await curl('--range', range, server.url + PDB)
    const whole = await curl(server.url + PDB)
    expect(answer.status).toBe(status)
    expect(answer.body.equals(whole.body.subarray(start, end))).toBe(true)
    expect(answer.headers.get('content-length')).toBe(String(answer.body.byteLength))
    expect(answer.headers.get('content-range')).toMatch(
      new RegExp(`^bytes \\d+-\\d+/${whole.body.byteLength}$`),
    )
  })

  it('to ranges that cannot be met are 416, to others the whole', async () => {
    const { server } = await filled()
    const size = (await curl(server.url + PDB)).body.byteLength
    const answer = await curl('--range', `${size}-`, server.url + PDB)
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, `bytes */${size}`])
    expect((await curl('-H', 'Range: bytes=-0', server.url + PDB)).status).toBe(416)
    for (const range of ['bytes=0-1,5-6', 'bytes=5-1', 'lines=1-2', 'bytes=', 'bytes=a-b']) {
      const { status, body } = await curl('-H', `Range: ${range}`, server.url + PDB)
      expect([range, status, body.byteLength]).toEqual([range, 200, size])
    }
  })

  it('heed conditions', async () => {
    const { server } = await filled()
    const first = await curl(server.url + PDB)
    const etag = first.headers.get('etag') ?? ''
    const date = first.headers.get('last-modified') ?? ''
    const before = new Date(Date.parse(date) - 1000).toUTCString()
    const status = async (...headers: string[]): Promise<number> =>
      (await curl(...headers.flatMap((header) => ['-H', header]), server.url + PDB)).status
    expect(await status(`If-None-Match: ${etag}`)).toBe(304)
    expect(await status(`If-None-Match: "x", W/${etag}`)).toBe(304)
    expect(await status('If-None-Match: *')).toBe(304)
    expect(await status('If-None-Match: "other"', `If-Modified-Since: ${date}`)).toBe(200)
    expect(await status(`If-Modified-Since: ${date}`)).toBe(304)
    expect(await status(`If-Modified-Since: ${before}`)).toBe(200)
    expect(await status('If-Modified-Since: yesterday')).toBe(200)
    expect(await status('Range: bytes=0-1', `If-Range: ${etag}`)).toBe(206)
    expect(await status('Range: bytes=0-1', `If-Range: W/${etag}`)).toBe(200)
    expect(await status('Range: bytes=0-1', 'If-Range: "other"')).toBe(200)
    expect(await status('Range: bytes=0-1', `If-Range: ${date}`)).toBe(206)
    expect(await status('Range: bytes=0-1', `If-Range: ${before}`)).toBe(200)
  })

  it('serve small files from memory and from disk alike', async () => {
    for (const memory_cache of [{ max_size: '0' }, { max_size: '1MiB' }]) {
      const { server, token } = await filled({ memory_cache })
      await fetch(`${server.url}/${token}/symbols?upload_file=small.pdb`, {
        method: 'POST',
        body: noAge,
      })
      for (let round = 0; round < 2; round++) {
        expect((await curl(`${server.url}/small.pdb/${GUID}/small.pdb`)).body.equals(noAge)).toBe(
          true,
        )
        expect((await curl(`${server.url}/small.pdb/${GUID}0/small.pdb`)).body.equals(noAge)).toBe(
          true,
        )
        const part = await curl('--range', '5-9', `${server.url}/small.pdb/${GUID}/small.pdb`)
        expect(part.body.equals(noAge.subarray(5, 10))).toBe(true)
      }
      await server.stop()
    }
  })
})

describe('access', () => {
  it('is asked for in a way that debuggers can answer', async () => {
    const { server, token } = await filled({ access: { anonymous_download: false } })
    const denied = await curl(server.url + PDB)
    expect([denied.status, denied.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Basic realm="symgate"/),
    ])
    const download = await createToken(server, 'download')
    for (const credential of [
      ['-u', `anyone:${download}`],
      ['-u', `:${download}`],
      ['-H', `Authorization: Bearer ${download}`],
      ['-u', `x:${token}`],
      ['-u', `x:${server.adminToken}`],
    ]) {
      const { status, headers } = await curl(...credential, server.url + PDB)
      expect([credential[0], status, headers.get('cache-control')]).toEqual([
        credential[0],
        200,
        'private, max-age=31536000, immutable',
      ])
    }
    expect((await curl(`${server.url}/t/${download}${PDB}`)).status).toBe(200)
    expect((await curl(`${server.url}/t/${download}/index2.txt`)).status).toBe(404)
    for (const wrong of [token, server.adminToken, 'a'.repeat(40), 'x']) {
      expect((await curl(`${server.url}/t/${wrong}${PDB}`)).status).toBe(401)
    }
    expect((await curl(`${server.url}/index2.txt`)).status).toBe(401)
  })

  it('is refused to a wrong token even where anybody may download', async () => {
    const { server } = await filled()
    expect((await curl('-u', 'x:wrong', server.url + PDB)).status).toBe(401)
    expect((await curl(server.url + PDB)).status).toBe(200)
  })
})

it('a request keeps its id through answer and log', async () => {
  const { server } = await filled()
  const answer = await curl('-H', 'X-Request-Id: build-7.step-2', server.url + PDB)
  expect(answer.headers.get('x-request-id')).toBe('build-7.step-2')
  const own = (await curl(server.url + PE)).headers.get('x-request-id')
  expect(own).toMatch(/^[\w-]+$/)
  await expect
    .poll(() => server.log().map(({ id }) => id))
    .toEqual(expect.arrayContaining(['build-7.step-2', own]))
})
