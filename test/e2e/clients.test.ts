import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makePe } from '../helpers/make-pe.ts'
import { makeZip } from '../helpers/make-zip.ts'
import {
  createToken,
  sharedServer,
  startServer,
  waitUntil,
  type RunningServer,
} from '../helpers/server.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const PDB = `App.pdb/${GUID}a/App.pdb`
const pdb = makePdb({ guid: GUID, age: 10, size: 400_000, fill: true })
const PE = 'App.exe/6B01408420a000/App.exe'
const pe = makePe({ timestamp: 0x6b014084, sizeOfImage: 0x20_a000 })
const sym = Buffer.from(
  `MODULE windows x86_64 ${GUID}a App.pdb\nINFO CODE_ID 6B01408420A000 App.exe\nPUBLIC 1000 0 main\n`,
)

const shared = sharedServer()

/** The server of all tests that only read, or one with the given settings; the three files are on it. */
async function hosting(config?: object): Promise<RunningServer> {
  const server = config === undefined ? shared() : await startServer({ config })
  const answer = await fetch(`${server.url}/api/v1/uploads`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await createToken(server, 'upload')}` },
    body: new Uint8Array(
      makeZip([
        { name: 'App.pdb', data: pdb },
        { name: 'App.exe', data: pe },
        { name: 'App.sym', data: sym },
      ]),
    ),
  })
  expect(answer.status).toBe(200)
  return server
}

const get = async (url: string, headers: Readonly<Record<string, string>> = {}) => {
  const answer = await fetch(url, { headers, redirect: 'manual' })
  const body = Buffer.from(await answer.arrayBuffer())
  return { status: answer.status, headers: answer.headers, body }
}

describe('WinDbg since 1.2506', () => {
  it('gets a large file in parallel ranges of one version', async () => {
    const { url } = await hosting()
    expect((await get(`${url}/index2.txt`)).status).toBe(404)
    const ranges = [
      [0, 99_999],
      [100_000, 299_999],
      [300_000, pdb.byteLength - 1],
    ] as const
    const parts = await Promise.all(
      ranges.map(([start, end]) =>
        get(`${url}/${PDB}`, {
          range: `bytes=${start}-${end}`,
          'user-agent': 'Microsoft-Symbol-Server/10.1710.0.0',
        }),
      ),
    )
    expect(parts.map(({ status }) => status)).toEqual([206, 206, 206])
    expect(new Set(parts.map(({ headers }) => headers.get('etag'))).size).toBe(1)
    expect(Buffer.concat(parts.map(({ body }) => body)).equals(pdb)).toBe(true)
  })
})

describe('PerfView', () => {
  it('takes the name as octets, and gets 404 for everything that it tries after a miss', async () => {
    const { url } = await hosting()
    const agent = { 'user-agent': 'Microsoft-Symbol-Server/6.13.0009.1140' }
    const found = await get(`${url}/${PDB}`, agent)
    expect([found.status, found.headers.get('content-type')]).toEqual([
      200,
      'application/octet-stream',
    ])
    const missing = `Gone.pdb/${GUID}1`
    for (const tier of ['', 'Go/'])
      for (const file of ['Gone.pdb', 'Gone.pd_', 'file.ptr'])
        expect((await get(`${url}/${tier}${missing}/${file}`, agent)).status).toBe(404)
  })
})

describe("LLDB's SymStore plug-in", () => {
  it('asks for the plain name with a decimal age, here and of upstreams', async () => {
    const { url } = await hosting()
    const path = `App.pdb/${GUID}10/App.pdb`
    expect((await get(`${url}/${path}`)).body.equals(pdb)).toBe(true)

    const upstream = await startUpstream((request, response) => {
      if (request.url === `/${PDB}`) response.end(pdb)
      else response.writeHead(404).end()
    })
    const { url: proxy } = await startServer({
      config: { upstreams: [{ name: 'first', url: upstream.url }] },
    })
    const filled = await get(`${proxy}/${path}`)
    expect([filled.status, filled.body.equals(pdb)]).toEqual([200, true])
    expect(upstream.requests.map((request) => request.url)).toEqual([
      `/${path}`,
      `/${path.replace(/b$/, '_')}`,
      `/${PDB}`,
    ])
  })
})

describe('samply', () => {
  it('races the plain and the compressed form and drops one: the other comes whole, by one fill', async () => {
    const upstream = await startUpstream((request, response) => {
      if (request.url !== `/${PDB}`) return void response.writeHead(404).end()
      response.writeHead(200, { 'content-length': pdb.byteLength })
      response.write(pdb.subarray(0, 200_000))
      setTimeout(() => response.end(pdb.subarray(200_000)), 200)
    })
    const { url } = await startServer({
      config: {
        serve: { compressed: true },
        upstreams: [{ name: 'first', url: upstream.url }],
      },
    })
    const headers = { 'accept-encoding': 'gzip' }
    const dropped = new AbortController()
    const [plain] = await Promise.all([
      get(`${url}/${PDB}`, headers),
      fetch(`${url}/${PDB.replace(/b$/, '_')}`, { headers, signal: dropped.signal }).catch(
        () => undefined,
      ),
      new Promise<void>((resolve) => {
        setTimeout(() => {
          dropped.abort()
          resolve()
        }, 50)
      }),
    ])
    expect([plain.status, plain.body.equals(pdb)]).toEqual([200, true])
    expect(plain.headers.get('content-encoding')).toBeNull()
    expect(upstream.requests).toHaveLength(1)
  })
})

describe('profiler.firefox.com', () => {
  it('reads files and misses from its page, and no other page does', async () => {
    const origin = 'https://profiler.firefox.com'
    const { url } = await hosting({ access: { cors_origins: [origin] } })
    const allowed = async (path: string, from: string) =>
      (await get(`${url}/${path}`, { origin: from })).headers.get('access-control-allow-origin')
    expect(await allowed(PDB, origin)).toBe(origin)
    expect(await allowed(`Gone.pdb/${GUID}1/Gone.pdb`, origin)).toBe(origin)
    expect(await allowed(PDB, 'https://elsewhere.example.com')).toBeNull()
  })
})

describe('a debugger with a limit of 30 s', () => {
  it('closes, comes back, and finds what went on meanwhile: one fill', async () => {
    const rest = Promise.withResolvers<void>()
    const upstream = await startUpstream(async (_, response) => {
      // Nothing yet that could be shown to a client.
      response.writeHead(200, { 'content-length': pdb.byteLength })
      response.write(pdb.subarray(0, 1000))
      await rest.promise
      response.end(pdb.subarray(1000))
    })
    const { url } = await startServer({
      config: { upstreams: [{ name: 'first', url: upstream.url }] },
    })
    for (let attempt = 1; attempt <= 3; attempt++) {
      const { port } = new URL(url)
      const socket = connect(Number(port), '127.0.0.1')
      socket.write(`GET /${PDB} HTTP/1.1\r\nHost: a\r\n\r\n`)
      await waitUntil(() => upstream.requests.length > 0)
      await new Promise<void>((resolve) => socket.once('close', () => resolve()).destroy())
    }
    const back = get(`${url}/${PDB}`)
    rest.resolve()
    expect((await back).body.equals(pdb)).toBe(true)
    expect(upstream.requests).toHaveLength(1)
  })
})

describe('Symbolicator', () => {
  it('begins with a range larger than the file, in the casing of its layout', async () => {
    const { url } = await hosting()
    const range = { range: 'bytes=0-134217727', 'accept-encoding': 'br, deflate, gzip, zstd' }
    for (const path of [PDB, PDB.toLowerCase(), `Ap/${PDB}`, PE]) {
      const { status, headers, body } = await get(`${url}/${path}`, range)
      const file = path === PE ? pe : pdb
      expect([path, status, body.equals(file)]).toEqual([path, 206, true])
      expect(headers.get('content-range')).toBe(`bytes 0-${file.byteLength - 1}/${file.byteLength}`)
      expect(headers.get('content-encoding')).toBeNull()
    }
  })
})

describe('Breakpad processors', () => {
  it.each([
    ['by debug id, `.pdb` removed', `App.pdb/${GUID}a/App.sym`],
    ['by debug id, `.sym` appended', `App.pdb/${GUID}a/App.pdb.sym`],
    ['rust-minidump’s query', `App.pdb/${GUID}A/App.sym?code_file=App.exe&code_id=6B01408420A000`],
    ['rust-minidump by code id', 'App.exe/6B01408420A000/App.exe.sym'],
    ['Socorro by code id', 'App.exe/6B01408420A000/App.sym'],
  ])('find the file %s, without a redirect', async (_, path) => {
    const { url } = await hosting()
    const { status, headers, body } = await get(`${url}/${path}`)
    expect([status, headers.get('location'), body.equals(sym)]).toEqual([200, null, true])
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8')
  })
})

describe('BugSplat', () => {
  it('tests the connection by HEAD with Basic, and fetches with credentials in the URL', async () => {
    const server = await hosting({ access: { anonymous_download: false } })
    const token = await createToken(server, 'download')
    const [, host] = server.url.split('//')
    const tested = await curl('-I', '-u', `bugsplat:${token}`, `${server.url}/pingme.txt`)
    expect(tested.status).toBe(200)
    const head = await curl('-I', '-u', `bugsplat:${token}`, `${server.url}/${PDB}`)
    expect([head.status, head.headers.get('content-length')]).toEqual([200, `${pdb.byteLength}`])
    const fetched = await curl(`http://bugsplat:${token}@${host}/${PDB}`)
    expect([fetched.status, fetched.body.equals(pdb)]).toEqual([200, true])
    const wrong = await curl('-I', '-u', 'bugsplat:wrong', `${server.url}/${PDB}`)
    expect([wrong.status, wrong.headers.get('www-authenticate')?.slice(0, 5)]).toEqual([
      401,
      'Basic',
    ])
  })
})
