import { describe, expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { createToken, startServer, waitUntil, type RunningServer } from '../helpers/server.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const PATH = `/app.pdb/${GUID}1/app.pdb`
/** A path that has nothing to do with the file. */
const other = (name: string): string =>
  `/${name}.pdb/${Buffer.from(name.padEnd(16, 'x')).toString('hex').toUpperCase()}1/${name}.pdb`
const pdb = makePdb({ guid: GUID, age: 1 })

/** Speaks to the API as the administrator. */
function administer({ url, adminToken }: RunningServer, token = adminToken) {
  const call =
    (method: string) =>
    async (
      path: string,
      body?: unknown,
    ): Promise<{ status: number; json: Record<string, unknown> }> => {
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, json: text === '' ? {} : JSON.parse(text) }
    }
  return { get: call('GET'), post: call('POST'), put: call('PUT'), remove: call('DELETE') }
}

const reasonOf = async (server: RunningServer, path = PATH): Promise<unknown> => {
  const { status, headers } = await curl(server.url + path)
  return status === 200 ? headers.get('x-symgate-source') : headers.get('x-symgate-miss')
}

/** A symbol server that has one file, and says 404 of all else. */
const symbolServer = () =>
  startUpstream((request, response) => {
    if (request.url?.toLowerCase() === PATH.toLowerCase()) return void response.end(pdb)
    response.writeHead(404).end()
  })

describe('upstreams through the API', () => {
  it('are added, asked at once, changed, disabled and deleted, and what was fetched stays', async () => {
    const upstream = await symbolServer()
    const server = await startServer()
    const api = administer(server)
    expect((await api.get('/upstreams')).json).toEqual({ items: [], next: null })
    expect(await reasonOf(server)).toBe('absent')

    const added = await api.post('/upstreams', {
      name: 'partner',
      url: upstream.url,
      credentials: { username: 'me', password: 'hidden words' },
      proxy: null,
    })
    expect([added.status, added.json]).toMatchObject([
      201,
      { id: 'partner', origin: 'api', read_only: false, enabled: true, url: upstream.url },
    ])
    expect(added.json).toMatchObject({ credentials: { kind: 'basic', username: 'me' } })
    expect(await reasonOf(server)).toBe('upstream:partner')
    await waitUntil(async () => (await reasonOf(server)) === 'cache')

    const again = await api.post('/upstreams', { name: 'partner', url: upstream.url })
    expect([again.status, again.json]).toMatchObject([409, { error: { code: 'name_taken' } }])

    // What GET shows may be sent back as it is: counts and hidden secrets are no changes.
    const shown = (await api.get('/upstreams/partner')).json
    expect(await api.put('/upstreams/partner', shown)).toEqual({ status: 200, json: shown })
    const changed = await api.put('/upstreams/partner', { priority: 3, blocklist: ['other*'] })
    expect(changed.json).toMatchObject({ priority: 3, blocklist: 1, url: upstream.url })
    expect(await reasonOf(server, other('Other'))).toBe('blocked')
    expect(JSON.stringify((await api.get('/upstreams/partner')).json)).not.toContain('hidden')
    expect(JSON.stringify((await api.get('/upstreams')).json)).not.toContain('hidden')
    const asked = upstream.requests.at(-1)?.headers.authorization
    expect(asked).toBe(`Basic ${Buffer.from('me:hidden words').toString('base64')}`)

    expect((await api.post('/upstreams/partner/disable')).json).toMatchObject({ enabled: false })
    expect(await reasonOf(server, other('third'))).toBe('absent')
    expect((await api.post('/upstreams/partner/enable')).json).toMatchObject({ enabled: true })

    expect((await api.remove('/upstreams/partner')).status).toBe(204)
    expect((await api.get('/upstreams/partner')).status).toBe(404)
    expect(await reasonOf(server)).toBe('cache')
  })

  it('outlive a restart', async () => {
    const upstream = await symbolServer()
    const first = await startServer()
    const { adminToken } = first
    const api = administer(first)
    await api.post('/upstreams', { name: 'kept', url: upstream.url, priority: 7 })
    await api.post('/upstreams', { name: 'gone', url: upstream.url })
    await api.post('/upstreams/kept/blocklist', { patterns: ['*.sys'] })
    await api.remove('/upstreams/gone')
    await first.stop()
    const second = await startServer({ data: first.data })
    const { json } = await administer(second, adminToken).get('/upstreams')
    expect(json['items']).toMatchObject([{ id: 'kept', priority: 7, blocklist: 1 }])
    expect(await reasonOf(second)).toBe('upstream:kept')
  })

  it('are tried before they are added, unless that is forced', async () => {
    const html = await startUpstream((_, response) => void response.end('<html>Hello</html>'))
    const denied = await startUpstream((_, response) => void response.writeHead(401).end())
    const server = await startServer()
    const { post, get } = administer(server)
    for (const [url, reason] of [
      ['http://127.0.0.1:9', 'connection'],
      [html.url, 'not_a_symbol_server'],
      [denied.url, 'unauthorized'],
    ] as const) {
      const refused = await post('/upstreams', { name: 'bad', url })
      expect([refused.status, refused.json]).toMatchObject([
        422,
        { error: { code: 'upstream_unusable', message: expect.stringContaining(reason) } },
      ])
    }
    expect((await get('/upstreams/bad')).status).toBe(404)
    expect((await post('/upstreams?force=true', { name: 'bad', url: denied.url })).status).toBe(201)
    expect((await post('/upstreams/bad/test')).json).toMatchObject({
      ok: false,
      reason: 'unauthorized',
    })
    expect((await post('/upstreams', { name: 'worse', url: html.url, force: true })).status).toBe(
      201,
    )
  })

  it('refuse what is wrong, naming it, and places on the server’s own disk', async () => {
    const server = await startServer()
    const { post } = administer(server)
    for (const [body, words] of [
      [{ name: 'A B', url: 'http://a' }, 'name is "A B"; allowed: small letters'],
      [{ name: 'a' }, 'url is missing'],
      [{ name: 'a', url: 'http://a', prio: 1 }, 'unknown key "prio"'],
      [{ name: 'a', type: 'directory', path: '/etc' }, 'only in the configuration file'],
      [{ name: 'a', url: 'http://a', ca_file: '/etc/passwd' }, 'only in the configuration file'],
    ] as const) {
      const { status, json } = await post('/upstreams?force=true', body)
      expect([status, json]).toMatchObject([
        400,
        { error: { code: 'request_invalid', message: expect.stringContaining(words) } },
      ])
    }
  })

  it('of the configuration file are shown and cannot be changed', async () => {
    const upstream = await symbolServer()
    const server = await startServer({
      config: { upstreams: [{ name: 'fixed', url: upstream.url, blocklist: ['b*'] }] },
    })
    const { get, post, put, remove } = administer(server)
    expect((await get('/upstreams/fixed')).json).toMatchObject({ origin: 'file', read_only: true })
    expect((await get('/upstreams/fixed/blocklist')).json).toMatchObject({
      items: [{ pattern: 'b*' }],
    })
    for (const answer of [
      await put('/upstreams/fixed', { priority: 1 }),
      await post('/upstreams/fixed/disable'),
      await post('/upstreams/fixed/blocklist', { patterns: ['a'] }),
      await remove('/upstreams/fixed'),
    ])
      expect([answer.status, answer.json]).toMatchObject([
        409,
        { error: { code: 'upstream_read_only' } },
      ])
    expect((await post('/upstreams/fixed/test')).json).toMatchObject({ ok: true, reason: null })
  })

  it('have lists that have effect at once', async () => {
    const upstream = await symbolServer()
    const server = await startServer()
    const { get, post, put, remove } = administer(server)
    await post('/upstreams', { name: 'partner', url: upstream.url })
    await put('/upstreams/partner', { allowlist_enabled: true })
    expect(await reasonOf(server)).toBe('not_listed')
    await post('/upstreams/partner/allowlist', { patterns: ['ntdll.pdb', 'APP*'] })
    expect(await reasonOf(server)).toBe('upstream:partner')

    const { json } = await get('/upstreams/partner/allowlist')
    const items = json['items'] as { id: string; pattern: string }[]
    expect(items.map(({ pattern }) => pattern)).toEqual(['APP*', 'ntdll.pdb'])
    expect((await remove(`/upstreams/partner/allowlist/${items[0]?.id}`)).status).toBe(204)
    expect((await remove(`/upstreams/partner/allowlist/${items[0]?.id}`)).status).toBe(404)
    expect(await reasonOf(server, other('appendix'))).toBe('not_listed')
  })

  it('have a skip list, statistics and a log', async () => {
    const upstream = await startUpstream((request, response) => {
      if (request.url?.startsWith('/bad') === true) return void response.end('<html>')
      if (request.url === PATH) return void response.end(pdb)
      response.writeHead(404).end()
    })
    const server = await startServer()
    const { get, post, remove } = administer(server)
    await post('/upstreams', { name: 'partner', url: upstream.url })
    const bad = [1, 2, 3].map((index) => other(`bad${index}`))
    for (const path of bad)
      for (let count = 0; count < 3; count++)
        await waitUntil(async () => (await reasonOf(server, path)) === 'mismatch')
    await reasonOf(server)
    await reasonOf(server, other('none'))
    for (const path of bad) expect(await reasonOf(server, path)).toBe('skipped')

    const { json } = await get('/upstreams/partner/skiplist?q=bad1')
    const items = json['items'] as { id: string }[]
    expect(items).toMatchObject([
      {
        path: bad[0]?.slice(1).toLowerCase(),
        failed_fills: 3,
        cause: expect.stringContaining('<html>'),
      },
    ])
    expect((await remove('/upstreams/partner/skiplist')).status).toBe(400)
    expect((await remove(`/upstreams/partner/skiplist/${items[0]?.id}`)).status).toBe(204)
    expect(await reasonOf(server, bad[0])).toBe('mismatch')
    expect((await remove('/upstreams/partner/skiplist?q=bad2')).json).toEqual({ removed: 1 })
    expect((await remove('/upstreams/partner/skiplist?all=1')).json).toEqual({ removed: 1 })

    expect((await get('/upstreams/partner/stats')).json).toMatchObject({
      succeeded: 1,
      absent: 1,
      failed: 10,
      failed_by_stage: { connect: 0, download: 0, verification: 10, conversion: 0 },
      bytes: pdb.byteLength + 10 * '<html>'.length,
      since: expect.stringMatching(/^2/),
    })
    const logs = await get('/upstreams/partner/logs?q=Downloaded')
    expect(logs.json).toMatchObject({
      items: [{ text: `Downloaded ${PATH.slice(1)}`, outcome: 'downloaded', path: PATH.slice(1) }],
      next: null,
    })
    const page = (await get('/upstreams/partner/logs?limit=5')).json
    expect(page['items']).toHaveLength(5)
    const rest = (await get(`/upstreams/partner/logs?limit=100&cursor=${String(page['next'])}`))
      .json
    expect(rest['items']).toHaveLength(7)
    expect((await get('/upstreams/nobody/logs')).status).toBe(404)
  })
})

describe('presets', () => {
  it('are there without configuration, can be disabled and changed, not deleted', async () => {
    const server = await startServer({ env: { SYMGATE_PRESETS: 'service' } })
    const { adminToken } = server
    const api = administer(server)
    const names = async (): Promise<unknown> =>
      ((await api.get('/upstreams')).json['items'] as { id: string }[]).map(({ id }) => id)
    expect(await names()).toEqual(['msdl', 'mozilla', 'electron', 'amd'])
    expect((await api.get('/upstreams/amd')).json).toMatchObject({
      origin: 'preset',
      public: true,
      kinds: ['pe'],
      allowlist_enabled: true,
    })
    expect((await api.post('/upstreams/msdl/disable')).json).toMatchObject({ enabled: false })
    expect((await api.remove('/upstreams/msdl')).status).toBe(409)
    await server.stop()

    const again = await startServer({ data: server.data, env: { SYMGATE_PRESETS: 'debugger' } })
    const after = administer(again, adminToken)
    expect((await after.get('/upstreams/msdl')).json).toMatchObject({
      enabled: false,
      allowlist_enabled: false,
    })
    const { json } = await after.get('/upstreams')
    expect(json['items']).toHaveLength(8)
    expect((await after.get('/upstream-catalogue')).json['items']).toContainEqual({
      owner: 'RenderDoc',
      upstream: expect.objectContaining({
        name: 'renderdoc',
        url: 'https://renderdoc.org/symbols',
      }),
    })
    await again.stop()

    const off = await startServer({ data: server.data })
    expect((await administer(off, adminToken).get('/upstreams')).json['items']).toEqual([])
  })

  it('give way to the same server in the configuration file', async () => {
    const server = await startServer({
      env: { SYMGATE_PRESETS: 'service' },
      config: {
        upstreams: [
          { name: 'msdl', url: 'http://127.0.0.1:9/msdl' },
          { name: 'ff', url: 'https://symbols.mozilla.org', enabled: false },
        ],
      },
    })
    const { json } = await administer(server).get('/upstreams')
    expect(
      (json['items'] as { id: string; origin: string }[]).map(({ id, origin }) => [id, origin]),
    ).toEqual([
      ['msdl', 'file'],
      ['ff', 'file'],
      ['electron', 'preset'],
      ['amd', 'preset'],
    ])
  })
})

it('an upload ends the skip entries of its files', async () => {
  const upstream = await startUpstream((_, response) => void response.end('<html>'))
  const server = await startServer({
    config: { skip: { after_failed_fills: 1 }, upstreams: [{ name: 'first', url: upstream.url }] },
  })
  const { get } = administer(server)
  const skipped = async (): Promise<unknown> =>
    (await get('/upstreams/first/skiplist')).json['items']
  await reasonOf(server)
  await waitUntil(async () => (await reasonOf(server)) === 'skipped')
  expect(await skipped()).toHaveLength(1)
  const token = await createToken(server, 'upload')
  await fetch(`${server.url}/${token}/symbols?upload_file=app.pdb`, { method: 'POST', body: pdb })
  expect([await reasonOf(server), await skipped()]).toEqual(['hosted', []])
})
