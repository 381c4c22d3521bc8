import { execFileSync, spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { apiGet } from '../helpers/api-get.ts'
import { listen } from '../helpers/listen.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { createToken, startServer, waitUntil, type RunningServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const KEY = `App.pdb/${GUID}a/App.pdb`
const pdb = makePdb({ guid: GUID, age: 10 })
const good = makeZip([{ name: 'App.pdb', data: pdb }])
const bad = makeZip([
  { name: 'App.pdb', data: pdb },
  { name: 'cut <1>.pdb', data: pdb.subarray(0, 5000) },
])

async function upload(server: RunningServer, token: string, body: Buffer, tag = 'nightly-7') {
  const response = await fetch(`${server.url}/${token}/symbols?tag=${tag}`, {
    method: 'POST',
    body,
  })
  return { status: response.status, json: JSON.parse(await response.text()) }
}

interface Delivery {
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: Readonly<Record<string, unknown>>
}

/** A receiver that answers with these status codes, one after the other, then 204. */
async function receiver(...statuses: number[]) {
  const deliveries: Delivery[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => (text += chunk))
    request.on('end', () => {
      deliveries.push({ headers: request.headers, text, json: JSON.parse(text) })
      response.writeHead(statuses.shift() ?? 204).end('thanks')
    })
  })
  return { deliveries, url: `http://127.0.0.1:${await listen(server)}/hook?key=1` }
}

describe('a webhook', () => {
  it('that fails twice gets the notification all the same, signed', async () => {
    const { deliveries, url } = await receiver(500, 302)
    const server = await startServer({
      config: { notify: { webhook: [{ url, secret: 's3cret' }] } },
    })
    const token = await createToken(server, 'upload')
    const { json } = await upload(server, token, bad)
    expect(json.upload.verdict).toBe('failed')
    await waitUntil(() => deliveries.length === 3, 20_000)
    const [first, , last] = deliveries
    expect(last?.text).toBe(first?.text)
    expect(last?.headers['x-symgate-delivery']).toBe(first?.headers['x-symgate-delivery'])
    expect(last?.headers['x-symgate-event']).toBe('package')
    const signature = createHmac('sha256', 's3cret')
      .update(last?.text ?? '')
      .digest('hex')
    expect(last?.headers['x-symgate-signature']).toBe(`sha256=${signature}`)
    expect(last?.json).toMatchObject({
      event: 'package',
      package: { id: json.upload.id, tag: 'nightly-7', verdict: 'failed', stored: 1, rejected: 1 },
      files: [{ path: 'cut <1>.pdb', status: 'rejected', reason: expect.any(String) }],
    })
    await waitUntil(
      async () => (await apiGet(server, '/notifications')).json.items[0]?.state === 'sent',
    )
    const { json: list } = await apiGet(server, '/notifications')
    expect(list.items).toMatchObject([{ event: 'package', upload: json.upload.id, attempts: 3 }])
    expect(JSON.stringify(server.log()) + JSON.stringify(list)).not.toMatch(/s3cret|key=1/)
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toContain('symgate_notifications_total{channel="webhook",outcome="failed"} 2')
  })

  it('is told when something that was missing arrives, and only of what it wants', async () => {
    const [all, found] = [await receiver(), await receiver()]
    const webhook = [{ url: all.url }, { url: found.url, events: ['symbol.found'] }]
    const server = await startServer({ config: { notify: { webhook } } })
    const token = await createToken(server, 'upload')
    for (let round = 0; round < 2; round++) await fetch(`${server.url}/${KEY}`)
    const { json } = await upload(server, token, good)
    await waitUntil(() => all.deliveries.length === 2 && found.deliveries.length === 1)
    expect(all.deliveries.map((delivery) => delivery.json['event'])).toEqual([
      'package',
      'symbol.found',
    ])
    expect(all.deliveries[0]?.headers).not.toHaveProperty('x-symgate-signature')
    expect(found.deliveries[0]?.json).toMatchObject({
      event: 'symbol.found',
      package: { id: json.upload.id, tag: 'nightly-7' },
      upstream: null,
      symbols: [{ path: KEY, name: 'App.pdb', id: `${GUID}a`, count: 2 }],
    })
    await upload(server, token, good)
    await waitUntil(() => all.deliveries.length === 3)
    expect(found.deliveries).toHaveLength(1)
  })

  it('is told when an upstream brings what was missing, asked for again or prefetched', async () => {
    let isThere = false
    const paths = ['B', 'C', 'D'].map((digit) => `${digit}.pdb/${digit.repeat(32)}1/${digit}.pdb`)
    const upstream = await startUpstream((request, response) => {
      const digit = /^\/([BCD])\.pdb\//.exec(request.url ?? '')?.[1]
      if (digit === undefined || !isThere) return void response.writeHead(404).end()
      response.end(makePdb({ guid: digit.repeat(32), age: 1 }))
    })
    const { deliveries, url } = await receiver()
    const server = await startServer({
      config: {
        misses: { retry_after: 0 },
        upstreams: [{ name: 'first', url: upstream.url }],
        notify: { webhook: [{ url, events: ['symbol.found'] }] },
      },
    })
    const [asked, prefetched, never] = paths
    for (const path of [asked, prefetched]) await fetch(`${server.url}/${path}`)
    isThere = true
    for (const path of [asked, never])
      expect((await fetch(`${server.url}/${path}`)).status).toBe(200)
    await fetch(`${server.url}/api/v1/prefetch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ missing: true }),
    })
    const told = (): string[] =>
      deliveries.flatMap(({ json }) => (json['symbols'] as { path: string }[]).map((s) => s.path))
    await waitUntil(() => told().length === 2)
    expect(new Set(told())).toEqual(new Set([asked, prefetched]))
    expect(deliveries[0]?.json).toMatchObject({
      event: 'symbol.found',
      package: null,
      upstream: 'first',
    })
    const { json } = await apiGet(server, '/missing')
    const found = { found: expect.stringContaining('T'), upload: null, upstream: 'first' }
    expect(json.items).toMatchObject([prefetched, asked].map((path) => ({ path, ...found })))
    const { json: list } = await apiGet(server, '/notifications')
    expect(list.items[0]).toMatchObject({ event: 'symbol.found', upload: null })
  })

  it('that is down gets its notifications after a kill and a restart', async () => {
    let isDown = true
    let arrived = ''
    const port = await listen(
      createServer((request, response) => {
        if (isDown) return void response.socket?.destroy()
        request.on('data', (chunk) => (arrived += chunk))
        request.on('end', () => response.end())
      }),
    )
    const config = { notify: { webhook: [{ url: `http://127.0.0.1:${port}/down` }] } }
    const server = await startServer({ config })
    const token = await createToken(server, 'upload')
    expect((await upload(server, token, good)).status).toBe(200)
    await waitUntil(
      async () => (await apiGet(server, '/notifications')).json.items[0]?.attempts > 0,
    )
    const { json } = await apiGet(server, '/notifications')
    expect(json.items).toMatchObject([{ state: 'waiting', error: expect.any(String) }])
    await server.kill()
    isDown = false
    await startServer({ data: server.data, config })
    await waitUntil(() => arrived.includes(json.items[0].upload), 30_000)
  })
})

interface Message {
  readonly user: string | undefined
  readonly isSecure: boolean
  readonly to: readonly string[]
  readonly text: string
}

async function mailServer(options: SMTPServerOptions) {
  const messages: Message[] = []
  const logins: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    onAuth({ username, password }, _session, done) {
      logins.push(`${username}:${password}`)
      return password === 'p@ss'
        ? done(null, { user: username })
        : done(new Error('wrong password'))
    },
    onData(stream, session, done) {
      let text = ''
      stream.on('data', (chunk) => (text += chunk))
      stream.on('end', () => {
        const { user, secure, envelope } = session
        const to = envelope.rcptTo.map(({ address }) => address)
        messages.push({ user: user?.toString(), isSecure: secure, to, text })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return { messages, logins, port: (server.server.address() as AddressInfo).port }
}

/** A certificate for localhost, and the setting that makes Node trust it. */
function certificate() {
  const folder = tempDir()
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '1',
      ...subject,
      '-keyout',
      key,
      '-out',
      cert,
    ],
    { stdio: 'ignore' },
  )
  return {
    tls: { key: readFileSync(key), cert: readFileSync(cert) },
    env: { NODE_EXTRA_CA_CERTS: cert },
  }
}

const FROM = 'symgate <symgate@example.com>'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
if (!hasOpenssl) process.stderr.write('SKIPPED: mail over TLS: openssl is missing\n')

describe('mail', () => {
  it.runIf(hasOpenssl).each([
    ['smtps', true],
    ['smtp', false],
  ])(
    'goes out over %s with TLS and login, with every rejected file and why',
    async (scheme, secure) => {
      const { tls, env } = certificate()
      const mail = await mailServer({ ...tls, secure })
      const smtp = `${scheme}://user:p%40ss@localhost:${mail.port}`
      const email = [{ smtp, from: FROM, to: ['ana@example.com', 'bo@example.com'], on: 'failed' }]
      const server = await startServer({ config: { notify: { email } }, env })
      const token = await createToken(server, 'upload')
      await upload(server, token, good, 'fine')
      const { json } = await upload(server, token, bad)
      await waitUntil(() => mail.messages.length === 1)
      const [message] = mail.messages
      expect(message).toMatchObject({
        user: 'user',
        isSecure: true,
        to: ['ana@example.com', 'bo@example.com'],
      })
      const text = message?.text.replaceAll('=\r\n', '') ?? ''
      expect(text).toContain(
        'Subject: symgate: failed: nightly-7 (0 stored, 1 duplicates, 1 rejected)',
      )
      expect(text).toContain(`cut <1>.pdb: rejected: ${json.upload.files[1].reason}`)
      expect(text).toContain('cut &lt;1&gt;.pdb')
      expect(text).toContain(json.upload.id)
      expect(JSON.stringify(server.log())).not.toContain('p@ss')
      expect((await apiGet(server, '/notifications')).json.items).toHaveLength(1)
    },
  )

  it('goes to the recipients of the tag, always or on failure only', async () => {
    const mail = await mailServer({ disabledCommands: ['STARTTLS', 'AUTH'] })
    const smtp = `smtp://127.0.0.1:${mail.port}`
    const email = [
      { smtp, from: FROM, to: ['all@example.com'], on: 'always', tags: ['nightly-*', 'beta'] },
      { smtp, from: FROM, to: ['failed@example.com'], tags: ['*'] },
    ]
    const server = await startServer({ config: { notify: { email } } })
    const token = await createToken(server, 'upload')
    await upload(server, token, good)
    await upload(server, token, good, 'release')
    await upload(server, token, bad, 'release')
    await waitUntil(() => mail.messages.length === 2)
    expect(new Set(mail.messages.map(({ to }) => to[0]))).toEqual(
      new Set(['all@example.com', 'failed@example.com']),
    )
    await upload(server, token, makeZip([{ name: 'a.txt', data: 'a' }]), 'beta')
    await waitUntil(() => mail.messages.length === 4)
    expect(mail.messages[3]?.text).toContain('nothing was published')
  })

  it('is not sent, and no password either, where there is no TLS; that is visible', async () => {
    const mail = await mailServer({ disabledCommands: ['STARTTLS'] })
    const smtp = `smtp://user:p%40ss@127.0.0.1:${mail.port}`
    const email = [{ smtp, from: FROM, to: ['ana@example.com'], on: 'always' }]
    const server = await startServer({ config: { notify: { email } } })
    const token = await createToken(server, 'upload')
    expect((await upload(server, token, good)).status).toBe(200)
    await waitUntil(
      async () => (await apiGet(server, '/notifications')).json.items[0]?.attempts > 0,
    )
    const { json } = await apiGet(server, '/notifications')
    expect(json.items).toMatchObject([{ state: 'waiting', error: expect.stringMatching(/TLS/i) }])
    expect([mail.messages, mail.logins]).toEqual([[], []])
    expect(server.log()).toContainEqual(expect.objectContaining({ msg: 'notification failed' }))
  })
})
