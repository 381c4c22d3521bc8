import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { curl, type CurlAnswer } from '../helpers/curl.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { createToken, startServer, type RunningServer } from '../helpers/server.ts'
import { startUpstream } from '../helpers/upstream-server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const STRANGE = GUID.replaceAll('4', '5')
const pdb = makePdb({ guid: GUID, age: 1, size: 100_000 })
const PDB = `/app.pdb/${GUID}1/app.pdb`
const ABSENT = `/app.pdb/${GUID}2/app.pdb`

async function serving(config: object): Promise<RunningServer> {
  const server = await startServer({ config })
  const { status } = await fetch(`${server.url}/api/v1/uploads?upload_file=app.pdb`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.adminToken}` },
    body: pdb,
  })
  expect(status).toBe(200)
  return server
}

const from = (address: string): string[] => ['-H', `X-Forwarded-For: ${address}`]

describe('access.anonymous_from', () => {
  it('lets these networks download without a token, and asks others for one', async () => {
    const server = await serving({
      trusted_proxies: ['127.0.0.1'],
      access: { anonymous_from: ['192.0.2.0/24', '2001:db8::/32'] },
    })
    const download = await createToken(server, 'download')
    const path = server.url + PDB
    expect((await curl(...from('192.0.2.7'), path)).status).toBe(200)
    expect((await curl(...from('2001:db8::7'), path)).status).toBe(200)
    for (const address of ['198.51.100.7', '192.0.2.7, 198.51.100.7', 'nobody']) {
      const { status, headers } = await curl(...from(address), path)
      expect([address, status, headers.get('www-authenticate')]).toEqual([
        address,
        401,
        'Basic realm="symgate"',
      ])
    }
    expect((await curl(...from('198.51.100.7'), '-u', `x:${download}`, path)).status).toBe(200)
    expect((await curl(...from('198.51.100.7'), `${server.url}/t/${download}${PDB}`)).status).toBe(
      200,
    )
    expect((await curl(...from('192.0.2.7'), '-u', 'x:wrong', path)).status).toBe(401)
  })

  it('believes nobody who is no trusted proxy', async () => {
    const { url } = await serving({ access: { anonymous_from: ['192.0.2.0/24'] } })
    expect((await curl(...from('192.0.2.7'), url + PDB)).status).toBe(401)
  })
})

it('limits.new_paths_per_client bounds what a stranger makes the server ask and remember', async () => {
  const upstream = await startUpstream((_, response) => void response.writeHead(404).end())
  const server = await serving({
    limits: { new_paths_per_client: 3 },
    upstreams: [{ name: 'first', url: upstream.url, attempts: 1 }],
  })
  const miss = async (age: number, ...more: string[]): Promise<string | undefined> => {
    const answer = await curl(...more, `${server.url}/new.pdb/${STRANGE}${age}/new.pdb`)
    expect(answer.status).toBe(404)
    return answer.headers.get('x-symgate-miss') ?? undefined
  }
  const words = []
  for (let age = 1; age <= 9; age++) words.push(await miss(age))
  expect(words).toEqual([...Array(3).fill('absent'), ...Array(6).fill('trouble')])
  expect(await miss(1)).toBe('remembered')
  expect((await curl(server.url + PDB)).status).toBe(200)
  expect(await miss(9, '-u', `x:${await createToken(server, 'download')}`)).toBe('absent')
  const asked = new Set(upstream.requests.map(({ url }) => url?.toLowerCase().replace(/_$/, 'b')))
  expect(asked.size).toBe(4)
  const { items } = (await (
    await fetch(`${server.url}/api/v1/missing`, {
      headers: { authorization: `Bearer ${server.adminToken}` },
    })
  ).json()) as { items: unknown[] }
  expect(items.length).toBe(4)
  expect(server.log().map(({ msg }) => msg)).toContain('client asks for too many unknown paths')
})

describe('access.cors_origins', () => {
  const ORIGIN = 'https://profiler.firefox.com'
  const asks = (origin: string): string[] => ['-H', `Origin: ${origin}`]
  const allowed = ({ headers }: CurlAnswer): string | undefined =>
    headers.get('access-control-allow-origin')

  it('lets pages of these origins read files and misses, and nobody else', async () => {
    const { url } = await serving({ access: { cors_origins: [ORIGIN] } })
    for (const path of [PDB, ABSENT]) {
      const answer = await curl(...asks(ORIGIN), url + path)
      expect([path, allowed(answer)]).toEqual([path, ORIGIN])
      expect(answer.headers.get('vary')).toContain('Origin')
      for (const other of ['https://evil.example.com', 'null', `${ORIGIN}.evil.com`])
        expect(allowed(await curl(...asks(other), url + path))).toBeUndefined()
    }
    expect(allowed(await curl(...asks(ORIGIN), `${url}/api/v1/tokens`))).toBeUndefined()
  })

  it('answers the question that browsers send ahead of ranges and credentials', async () => {
    const { url } = await serving({ access: { cors_origins: [ORIGIN] } })
    const ask = (origin: string): Promise<CurlAnswer> =>
      curl('-X', 'OPTIONS', ...asks(origin), '-H', 'Access-Control-Request-Method: GET', url + PDB)
    const answer = await ask(ORIGIN)
    expect([answer.status, allowed(answer)]).toEqual([204, ORIGIN])
    expect(answer.headers.get('access-control-allow-headers')).toContain('Range')
    expect(allowed(await ask('https://evil.example.com'))).toBeUndefined()
  })

  it('is off where nothing is set', async () => {
    const { url } = await serving({})
    const answer = await curl(...asks(ORIGIN), url + PDB)
    expect([answer.status, allowed(answer), answer.headers.get('vary')]).toEqual([
      200,
      undefined,
      'Accept',
    ])
  })
})

describe('access.hosts', () => {
  it('answers under these names alone, to debuggers with 404', async () => {
    const { url } = await serving({ access: { hosts: ['127.0.0.1', 'symbols.example.com'] } })
    const as = (host: string, path: string): Promise<CurlAnswer> =>
      curl('-H', `Host: ${host}`, url + path)
    expect((await as('symbols.example.com:8080', PDB)).status).toBe(200)
    const { status, headers } = await as('rebound.evil.example.com', PDB)
    expect([status, headers.get('x-symgate-miss'), headers.get('cache-control')]).toEqual([
      404,
      'malformed',
      'no-store',
    ])
    expect((await as('rebound.evil.example.com', '/api/v1/tokens')).status).toBe(421)
    expect((await as('rebound.evil.example.com', '/healthz')).status).toBe(200)
    const target = ['--request-target', 'http://rebound.evil.example.com/api/v1/about']
    expect((await curl('-H', 'Host: symbols.example.com', ...target, url)).status).toBe(421)
  })

  it('is not told otherwise by what a page can send through a proxy', async () => {
    const { url } = await serving({
      access: { hosts: ['127.0.0.1', 'symbols.example.com'] },
      trusted_proxies: ['127.0.0.1'],
    })
    const asked = async (host: string): Promise<number> => {
      const headers = ['-H', `Host: ${host}`, '-H', 'X-Forwarded-Host: symbols.example.com']
      return (await curl(...headers, `${url}/api/v1/tokens`)).status
    }
    expect(await asked('rebound.evil.example.com')).toBe(421)
    // A proxy that puts its own name for the server into Host.
    for (const host of ['symbols.example.com:80', '127.0.0.1:8080', 'symgate:8080'])
      expect([host, await asked(host)]).toEqual([host, 401])
  })
})

it('symbols are never shown, run or sniffed by a browser', async () => {
  const { url } = await serving({})
  const { headers } = await curl(url + PDB)
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('content-security-policy')).toBe('sandbox')
  expect(headers.get('content-disposition')).toBe('attachment')
})

it('wrong tokens are answered ever later, on every way in, and right ones as before', async () => {
  const server = await serving({})
  const { url, adminToken } = server
  const wrong = 'a'.repeat(40)
  for (let time = 0; time < 5; time++) {
    expect((await curl('-u', `x:${wrong}`, url + PDB)).status).toBe(401)
    expect((await curl('-X', 'POST', '-d', 'x', `${url}/${wrong}/symbols`)).status).toBe(403)
    expect((await curl('-u', `x:${wrong}`, `${url}/api/v1/tokens`)).status).toBe(403)
  }
  const seconds = async (token: string): Promise<number> => {
    const startedAt = performance.now()
    await curl('-u', `x:${token}`, `${url}/api/v1/tokens`)
    return (performance.now() - startedAt) / 1000
  }
  expect(await seconds(wrong)).toBeGreaterThan(1)
  expect((await curl('-u', `x:${adminToken}`, `${url}/api/v1/tokens`)).status).toBe(200)
})

describe('the administrator', () => {
  const token = 'mnbvcxzl'.repeat(5)

  it('has the token that stands in a file, and none is printed', async () => {
    const file = join(tempDir(), 'token')
    writeFileSync(file, `${token}\n`)
    const { url, stdout } = await startServer({
      env: { SYMGATE_ADMIN_TOKEN_FILE: file },
      printsToken: false,
    })
    expect(stdout().trim()).toBe(`listening on ${url}`)
    expect((await curl('-u', `x:${token}`, `${url}/api/v1/tokens`)).status).toBe(200)
  })
})

it('no token is ever written anywhere but where it was asked for', async () => {
  const server = await serving({ access: { anonymous_download: false } })
  const { url, data, adminToken } = server
  const tokens = [
    adminToken,
    await createToken(server, 'download'),
    await createToken(server, 'upload'),
  ]
  const answers: string[] = []
  const ask = async (...args: string[]): Promise<void> => {
    const { headers, body } = await curl(...args)
    answers.push(JSON.stringify([...headers]), body.toString('latin1'))
  }
  for (const each of [...tokens, 'b'.repeat(40)]) {
    for (const text of [each, each.toUpperCase()]) {
      await ask(`${url}/t/${text}${PDB}`)
      await ask(`${url}/t/${text}/nothing`)
      await ask(`${url}/t/${text}/buildid/zz/debuginfo`)
      await ask('-X', 'POST', '-d', 'x', `${url}/${text}/symbols&tag=1`)
      await ask('-X', 'POST', '-d', 'x', `${url}/sub/${text}/symbols?upload_file=a.pdb`)
      await ask('-X', 'POST', '-d', 'x', `${url}/api/post?token=${text}&format=symbols`)
      await ask('-H', `Authorization: Bearer ${text}`, `${url}/api/v1/none`)
      await ask('-u', `${text}:`, url + ABSENT)
      await ask(`${url}/metrics`)
    }
  }
  expect(await server.stop()).toBe(0)
  const written = [
    ...answers,
    ...server.log().map((line) => JSON.stringify(line)),
    ...filesBelow(data).map((file) => readFileSync(file, 'latin1')),
  ]
  for (const text of [...tokens, 'b'.repeat(40)]) {
    const secret = text.slice(8).toLowerCase()
    const where = written.filter((each) => each.toLowerCase().includes(secret))
    expect(where.map((each) => each.slice(0, 200))).toEqual([])
  }
})

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
}
