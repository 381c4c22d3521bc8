import { once } from 'node:events'
import { createPublicKey, createVerify, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { createServer as createProxy } from 'node:http'
import { connect, type Socket } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createUpstream } from '../../src/upstream/create-upstream.ts'
import { probeUpstream } from '../../src/upstream/probe-upstream.ts'
import type { GcsSettings, S3Settings } from '../../src/upstream/upstream-settings.ts'
import type { UpstreamAnswer } from '../../src/upstream/upstream.ts'
import { httpSettings } from '../helpers/http-settings.ts'
import { listen } from '../helpers/listen.ts'
import { makeCertificates } from '../helpers/peers/certificates.ts'
import { missingTools } from '../helpers/peers/missing-tools.ts'
import { upstreamRequest } from '../helpers/upstream-request.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const PATH = 'app.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/app.pdb'
const { url: _, ...network } = httpSettings('http://unused')

function s3Settings(endpoint: string, more: Partial<S3Settings> = {}): S3Settings {
  return {
    ...network,
    type: 's3',
    bucket: 'symbols',
    prefix: '',
    region: 'us-east-1',
    endpoint,
    forcePathStyle: true,
    credentials: { kind: 'keys', accessKeyId: 'id', secretAccessKey: 'secret' },
    ...more,
  }
}

function gcsSettings(endpoint: string, more: Partial<GcsSettings> = {}): GcsSettings {
  return {
    ...network,
    type: 'gcs',
    bucket: 'symbols',
    prefix: '',
    endpoint,
    credentials: undefined,
    ...more,
  }
}

async function ask(settings: S3Settings | GcsSettings): Promise<UpstreamAnswer> {
  const upstream = createUpstream(settings)
  onTestFinished(() => upstream.close())
  return await upstream.fetch(upstreamRequest(PATH), new AbortController().signal)
}

async function bodyOf(answer: UpstreamAnswer): Promise<string> {
  if (answer.kind !== 'found') throw new Error(`not found but ${JSON.stringify(answer)}`)
  return (await buffer(answer.body)).toString()
}

function refuse(status: number, code: string, headers: Record<string, string> = {}) {
  return (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/xml', ...headers })
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>why</Message></Error>`)
  }
}

describe('a bucket of S3', () => {
  it.each<[number, string, object]>([
    [404, 'NoSuchKey', { kind: 'absent' }],
    [403, 'AccessDenied', { kind: 'absent' }],
    [404, 'NoSuchBucket', { blame: 'host', reason: 'missing_store' }],
    [403, 'InvalidAccessKeyId', { blame: 'host', reason: 'unauthorized' }],
    [403, 'SignatureDoesNotMatch', { blame: 'host', reason: 'unauthorized' }],
    [403, 'InvalidObjectState', { blame: 'file', reason: 'forbidden' }],
    [400, 'Odd', { blame: 'file', reason: 'answer' }],
    [301, 'PermanentRedirect', { blame: 'host', reason: 'missing_store' }],
    [503, 'SlowDown', { blame: 'host', reason: 'unavailable', retryAfterMs: 7000 }],
    [500, 'InternalError', { blame: 'host', reason: 'unavailable' }],
  ])('that answers %i %s', async (status, code, expected) => {
    const server = await startUpstream(refuse(status, code, { 'retry-after': '7' }))
    expect(await ask(s3Settings(server.url))).toMatchObject(expected)
    // The SDK tries nothing again: attempts are the upstream's affair.
    expect(server.requests.length).toBe('kind' in expected ? 2 : 1)
  })

  it('is asked as the settings say', async () => {
    const server = await startUpstream((_, response) => void response.end('found'))
    const answer = await ask(s3Settings(server.url, { prefix: 'a b/c' }))
    expect(await bodyOf(answer)).toBe('found')
    const [request] = server.requests
    expect(request?.url).toMatch(/^\/symbols\/a%20b\/c\/app\.pdb\//)
    expect(request?.headers).toMatchObject({
      'user-agent': 'agent/1',
      authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=id\//),
    })
  })

  it('is asked without a signature where it is public', async () => {
    const server = await startUpstream((_, response) => void response.end('found'))
    expect(await bodyOf(await ask(s3Settings(server.url, { credentials: undefined })))).toBe(
      'found',
    )
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  it('has objects that are stored with gzip', async () => {
    const server = await startUpstream((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('found'))
    })
    const answer = await ask(s3Settings(server.url))
    expect(answer).toMatchObject({ kind: 'found', size: undefined })
    expect(await bodyOf(answer)).toBe('found')
  })

  it('breaks off for its reader when the transfer is cut', async () => {
    const server = await startUpstream((_, response) => {
      response.writeHead(200, { 'content-length': 1000 })
      response.write('x'.repeat(500), () => setTimeout(() => response.destroy(), 20))
    })
    await expect(bodyOf(await ask(s3Settings(server.url)))).rejects.toBeInstanceOf(Error)
  })

  it.each([
    ['http://127.0.0.1:9', 'connection'],
    ['http://no-such-host.invalid', 'name_resolution'],
  ])('that is not there (%s) is trouble of the host', async (endpoint, reason) => {
    expect(await ask(s3Settings(endpoint))).toMatchObject({
      kind: 'trouble',
      stage: 'connect',
      blame: 'host',
      reason,
    })
  })

  it('that never answers is given up', async () => {
    const server = await startUpstream(() => {})
    const timeouts = { ...network.timeouts, firstByteMs: 100 }
    expect(await ask(s3Settings(server.url, { timeouts }))).toMatchObject({
      kind: 'trouble',
      stage: 'download',
      blame: 'host',
    })
    const total = { ...network.timeouts, totalMs: 100 }
    expect(await ask(s3Settings(server.url, { timeouts: total }))).toMatchObject({ blame: 'host' })
  })
})

describe('a bucket of GCS', () => {
  it('that is public is asked without credentials', async () => {
    const server = await startUpstream((request, response) => {
      if (request.url?.startsWith('/symbols/') === true) return void response.end('found')
      refuse(404, 'NoSuchBucket')(request, response)
    })
    expect(await bodyOf(await ask(gcsSettings(server.url)))).toBe('found')
    expect(server.requests[0]?.url).toBe(`/symbols/${PATH}`)
    expect(await ask(gcsSettings(server.url, { bucket: 'none' }))).toMatchObject({
      blame: 'host',
      reason: 'missing_store',
    })
  })

  it('knows absence from trouble', async () => {
    const absent = await startUpstream(refuse(404, 'NoSuchKey'))
    expect(await ask(gcsSettings(absent.url))).toEqual({ kind: 'absent' })
    const hidden = await startUpstream(refuse(403, 'AccessDenied', { 'x-guploader-uploadid': 'a' }))
    expect(await ask(gcsSettings(hidden.url))).toEqual({ kind: 'absent' })
    const unknown = await startUpstream(refuse(401, 'InvalidSecurity'))
    expect(await ask(gcsSettings(unknown.url))).toMatchObject({ reason: 'unauthorized' })
  })

  it('is refused with a key that is none', () => {
    const credentials = { kind: 'service-account', json: '{}' } as const
    expect(() => createUpstream(gcsSettings('https://a', { credentials }))).toThrow(
      'the service account has no client_email and private_key',
    )
  })
})

describe.runIf(missingTools('service accounts', 'openssl').length === 0)(
  'a service account',
  () => {
    it('gets a token over the proxy, and reads the bucket with it', async () => {
      const { url, ca, privateKey, tokens } = await startGoogle()
      const settings = gcsSettings('https://storage.googleapis.com', {
        caFile: ca,
        proxy: { url, username: undefined, password: undefined },
        credentials: { kind: 'service-account', json: keyFile(privateKey) },
      })
      const upstream = createUpstream(settings)
      onTestFinished(() => upstream.close())
      for (let count = 0; count < 3; count++) {
        const { signal } = new AbortController()
        expect(await bodyOf(await upstream.fetch(upstreamRequest(PATH), signal))).toBe('found')
      }
      // One token serves for its lifetime.
      expect(tokens()).toBe(1)
    })

    it('whose token does not come is no longer waited for when nobody wants the file', async () => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const silent = createProxy()
      const connected = once(silent, 'connect')
      const url = `http://127.0.0.1:${await listen(silent)}`
      const upstream = createUpstream(
        gcsSettings('https://storage.googleapis.com', {
          proxy: { url, username: undefined, password: undefined },
          credentials: { kind: 'service-account', json: keyFile(privateKey) },
        }),
      )
      const wanted = new AbortController()
      const answer = upstream.fetch(upstreamRequest(PATH), wanted.signal)
      const [, client] = (await connected) as [unknown, Socket]
      wanted.abort(new Error('nobody wants it'))
      await expect(answer).rejects.toThrow('nobody wants it')
      client.destroy()
      await upstream.close()
    })

    it('that Google does not know is told so', async () => {
      const { url, ca } = await startGoogle()
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const settings = gcsSettings('https://storage.googleapis.com', {
        caFile: ca,
        proxy: { url, username: undefined, password: undefined },
        credentials: { kind: 'service-account', json: keyFile(privateKey) },
      })
      expect(await ask(settings)).toMatchObject({
        kind: 'trouble',
        blame: 'host',
        reason: 'unauthorized',
        cause: expect.stringContaining('invalid_grant'),
      })
      expect(await probeUpstream(settings)).toMatchObject({ reason: 'unauthorized' })
    })
  },
)

function keyFile(privateKey: KeyObject): string {
  return JSON.stringify({
    type: 'service_account',
    client_email: 'symgate@example.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    private_key_id: 'first',
  })
}

/**
 * A proxy behind which Google's names lead to a server here: it gives tokens to who signs with the key, and
 * objects to who has the token.
 */
async function startGoogle() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const publicKey = createPublicKey(privateKey)
  const tls = makeCertificates('DNS:oauth2.googleapis.com', 'DNS:storage.googleapis.com')
  let tokens = 0
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.headers.host === 'oauth2.googleapis.com') {
      const form = new URLSearchParams(await text(request))
      const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.')
      const isSigned = createVerify('RSA-SHA256')
        .update(`${head}.${claims}`)
        .verify(publicKey, signature, 'base64url')
      response.writeHead(isSigned ? 200 : 400, { 'content-type': 'application/json' })
      if (!isSigned) return void response.end('{"error":"invalid_grant"}')
      tokens++
      const token = { access_token: 'a-token', expires_in: 3600, token_type: 'Bearer' }
      return void response.end(JSON.stringify(token))
    }
    const isKnown = request.headers.authorization === 'Bearer a-token'
    if (!isKnown) return refuse(401, 'InvalidSecurity')(request, response)
    response.end('found')
  }
  const keys = { cert: readFileSync(tls.cert), key: readFileSync(tls.key) }
  const target = await listen(
    createSecureServer(keys, (request, response) => void answer(request, response)),
  )
  const proxy = createProxy()
  proxy.on('connect', (_, client: Socket) => {
    const server = connect(target, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      server.pipe(client).pipe(server)
    })
    for (const socket of [server, client]) socket.on('error', () => client.destroy())
    onTestFinished(() => void client.destroy())
  })
  const url = `http://127.0.0.1:${await listen(proxy)}`
  return { url, ca: tls.ca, privateKey, tokens: () => tokens }
}
