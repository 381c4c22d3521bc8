import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { RequestListener } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createUpstream } from '../../src/upstream/create-upstream.ts'
import type { HttpSettings } from '../../src/upstream/upstream-settings.ts'
import type { UpstreamAnswer } from '../../src/upstream/upstream.ts'
import { httpSettings } from '../helpers/http-settings.ts'
import { listen } from '../helpers/listen.ts'
import { makeCertificates } from '../helpers/peers/certificates.ts'
import { missingTools } from '../helpers/peers/missing-tools.ts'
import { startTinyproxy } from '../helpers/peers/tinyproxy.ts'
import { upstreamRequest } from '../helpers/upstream-request.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const REQUEST = upstreamRequest('app.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/app.pdb')
const BASIC = { kind: 'basic', username: 'me', password: 'p:ä' } as const
const canTls = missingTools('TLS', 'openssl').length === 0
const canProxy = missingTools('proxies', 'tinyproxy').length === 0

async function fetchFrom(url: string, more: Partial<HttpSettings> = {}): Promise<UpstreamAnswer> {
  const upstream = createUpstream(httpSettings(url, more))
  onTestFinished(() => upstream.close())
  const answer = await upstream.fetch(REQUEST, new AbortController().signal)
  if (answer.kind === 'found') answer.body.destroy()
  return answer
}

/** A server with TLS; gives its port. */
async function startSecure(
  { cert, key }: { cert: string; key: string },
  answer: RequestListener,
): Promise<number> {
  return await listen(createServer({ cert: readFileSync(cert), key: readFileSync(key) }, answer))
}

describe('credentials', () => {
  it.each([
    [BASIC, `Basic ${Buffer.from('me:p:ä').toString('base64')}`],
    [{ kind: 'bearer', token: 'pat' } as const, 'Bearer pat'],
  ])(
    'of kind %j are sent at once, with the word that no login page is wanted',
    async (credentials, header) => {
      const server = await startUpstream((_, response) => void response.end('found'))
      await fetchFrom(server.url, { credentials })
      expect(server.requests).toHaveLength(1)
      expect(server.requests[0]?.headers).toMatchObject({
        authorization: header,
        'x-tfs-fedauthredirect': 'Suppress',
      })
    },
  )

  it('stay with their origin: neither another port nor another name of the host gets them', async () => {
    const target = await startUpstream((_, response) => void response.end('found'))
    const { port } = new URL(target.url)
    const server = await startUpstream((request, response) => {
      const to = request.url?.startsWith('/here') === true ? '/there' : `${target.url}/elsewhere`
      response.writeHead(302, { location: to }).end()
    })
    await fetchFrom(`${server.url}/here`, { credentials: BASIC })
    expect(server.requests.map(({ headers }) => headers.authorization !== undefined)).toEqual([
      true,
      true,
    ])
    expect(target.requests[0]?.headers.authorization).toBeUndefined()
    const named = await startUpstream((_, response) => {
      response.writeHead(302, { location: `http://localhost:${port}/` }).end()
    })
    await fetchFrom(named.url, { credentials: BASIC, allowPrivateAddresses: true })
    expect(target.requests[1]?.headers).not.toHaveProperty('authorization')
    expect(target.requests[1]?.headers).toMatchObject({ 'user-agent': 'agent/1', via: '1.1 me' })
  })
})

describe('private addresses', () => {
  const redirecting = (location: string) =>
    startUpstream((_, response) => void response.writeHead(302, { location }).end())

  it.each([
    'http://127.0.0.2:1/',
    'http://[::1]:1/',
    'http://[::ffff:127.0.0.1]:1/',
    'http://0xa.1:1/',
    'http://167772161:1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
  ])('are not gone to by a redirect to %s', async (location) => {
    const { url } = await redirecting(location)
    expect(await fetchFrom(url)).toMatchObject({
      kind: 'trouble',
      blame: 'file',
      cause: expect.stringMatching(/^redirected to the private address /),
    })
  })

  it('are not gone to by a name that leads to one', async () => {
    const target = await startUpstream((_, response) => void response.end('found'))
    const { port } = new URL(target.url)
    const { url } = await redirecting(`http://localhost:${port}/`)
    expect(await fetchFrom(url)).toMatchObject({
      kind: 'trouble',
      blame: 'file',
      cause: expect.stringMatching(/^EPRIVATEADDRESS: localhost has a private address/),
    })
    expect(target.requests).toHaveLength(0)
  })

  it('are gone to where the upstream itself is there, or they are allowed', async () => {
    const target = await startUpstream((_, response) => void response.end('found'))
    const { port } = new URL(target.url)
    expect((await fetchFrom(`http://localhost:${port}`)).kind).toBe('found')
    const same = await redirecting(target.url)
    expect((await fetchFrom(same.url)).kind).toBe('found')
    const named = await redirecting(`http://localhost:${port}/`)
    expect((await fetchFrom(named.url, { allowPrivateAddresses: true })).kind).toBe('found')
  })
})

describe.runIf(canTls)('TLS', () => {
  it('believes the private authority that it is told of, and none else', async () => {
    const tls = makeCertificates('IP:127.0.0.1')
    const port = await startSecure(tls, (_, response) => void response.end('found'))
    const url = `https://127.0.0.1:${port}`
    expect((await fetchFrom(url, { caFile: tls.ca })).kind).toBe('found')
    const refused = { kind: 'trouble', stage: 'connect', blame: 'host', reason: 'tls' }
    expect(await fetchFrom(url)).toMatchObject(refused)
    const other = makeCertificates('IP:127.0.0.1')
    expect(await fetchFrom(url, { caFile: other.ca })).toMatchObject(refused)
  })

  it('wants the name of the server in its certificate', async () => {
    const tls = makeCertificates('DNS:symbols.example.com')
    const port = await startSecure(tls, (_, response) => void response.end('found'))
    expect(await fetchFrom(`https://127.0.0.1:${port}`, { caFile: tls.ca })).toMatchObject({
      reason: 'tls',
      cause: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
    })
  })

  it('is gone over to by a redirect from http', async () => {
    const tls = makeCertificates('IP:127.0.0.1')
    const port = await startSecure(tls, (_, response) => void response.end('found'))
    const { url } = await startUpstream((request, response) => {
      response.writeHead(301, { location: `https://127.0.0.1:${port}${request.url}` }).end()
    })
    expect((await fetchFrom(url, { caFile: tls.ca })).kind).toBe('found')
  })

  it('cannot be had with a file that is not there', () => {
    expect(() => createUpstream(httpSettings('https://a', { caFile: '/no/such.pem' }))).toThrow(
      /^ca_file \/no\/such\.pem cannot be read: .*ENOENT/,
    )
  })
})

describe.runIf(canTls && canProxy)('a proxy', () => {
  const user = { username: 'proxied', password: 'secret' }

  it('is asked in absolute form for http, and to CONNECT for https', async () => {
    const proxy = await startTinyproxy(user)
    const plain = await startUpstream((_, response) => void response.end('found'))
    const more = { proxy: { url: proxy.url, ...user } }
    expect((await fetchFrom(plain.url, more)).kind).toBe('found')
    expect(plain.requests[0]?.headers).not.toHaveProperty('proxy-authorization')
    const tls = makeCertificates('IP:127.0.0.1')
    const port = await startSecure(tls, (_, response) => void response.end('found'))
    const url = `https://127.0.0.1:${port}`
    expect((await fetchFrom(url, { ...more, caFile: tls.ca })).kind).toBe('found')
    expect(proxy.requests()).toEqual([
      expect.stringMatching(/^GET http:\/\/127\.0\.0\.1:\d+\/app\.pdb\//),
      `CONNECT 127.0.0.1:${port} HTTP/1.1`,
    ])
  })

  it.each([
    { username: undefined, password: undefined },
    { ...user, password: 'wrong' },
  ])('that refuses is trouble of its own, with %j', async (wrong) => {
    const proxy = await startTinyproxy(user)
    const target = await startUpstream((_, response) => void response.end('found'))
    const more = { proxy: { url: proxy.url, ...wrong } }
    for (const url of [target.url, target.url.replace('http:', 'https:')]) {
      expect(await fetchFrom(url, more)).toMatchObject({
        kind: 'trouble',
        blame: 'host',
        // tinyproxy calls a wrong password 401, as if it were the server.
        reason: expect.stringMatching(/^(?:proxy|unauthorized)$/),
      })
    }
    expect(target.requests).toHaveLength(0)
  })

  it('does not find what has a private address by a redirect', async () => {
    const proxy = await startTinyproxy()
    const { url } = await startUpstream((_, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
    })
    const more = { proxy: { url: proxy.url, username: undefined, password: undefined } }
    expect(await fetchFrom(url, more)).toMatchObject({ kind: 'trouble', blame: 'file' })
    expect(proxy.requests()).toHaveLength(1)
  })
})
