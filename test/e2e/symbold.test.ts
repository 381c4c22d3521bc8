import { describe, expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { createToken, startServer, waitUntil, type RunningServer } from '../helpers/server.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const pdb = makePdb({ guid: GUID, age: 1 })
const SCOPE = 'universe/acme/project/game'

type Json = Record<string, unknown>

/** Sends requests as `morgue symbold` was seen to send them (backtrace-morgue, run against a recording server). */
function morgue(server: RunningServer, token = server.adminToken) {
  const send =
    (method: string) =>
    async (path: string, body?: unknown): Promise<{ status: number; json: Json }> => {
      const answer = await fetch(`${server.url}/api/symbold/${path}`, {
        method,
        headers: {
          'X-Coroner-Token': token,
          'X-Coroner-Location': server.url,
          ...(method !== 'GET' && method !== 'DELETE' && { 'Content-Type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      return { status: answer.status, json: (await answer.json()) as Json }
    }
  return { get: send('GET'), post: send('POST'), put: send('PUT'), remove: send('DELETE') }
}

const symbolServer = () =>
  startUpstream(({ url }, response) => {
    if (url === `/app.pdb/${GUID}1/app.pdb`) response.end(pdb)
    else if (url?.startsWith('/odd')) response.end('<html>no file</html>')
    else response.writeHead(404).end()
  })

/** A server with one upstream, `partner`, that morgue has added. */
async function withPartner(config?: object) {
  const upstream = await symbolServer()
  const server = await startServer(config === undefined ? {} : { config })
  const client = morgue(server)
  const body = { url: upstream.url, name: 'Partner', force: false, whitelist: false }
  const added = await client.post(`symbolserver/${SCOPE}`, body)
  expect(added).toMatchObject({ status: 201, json: { id: 'partner' } })
  return { server, upstream, ...client }
}

describe('symbold symbolserver', () => {
  it('adds, shows, updates, disables, enables and deletes', async () => {
    const { server, upstream, get, put, remove } = await withPartner()
    const list = await get(`symbolserver/${SCOPE}?page=0&take=10`)
    expect(list.json).toMatchObject({
      universeName: 'acme',
      projectName: 'game',
      page: 0,
      take: 10,
      total: 1,
      items: [{ id: 'partner', url: upstream.url, enabled: true, whiteList: false }],
    })
    // The universe alone names the same servers, and so does any other.
    expect((await get('symbolserver/universe/other?page=0&take=10')).json).toMatchObject({
      total: 1,
      projectName: null,
    })
    expect((await get('symbolserver/universe/other?page=1&take=10')).json).toMatchObject({
      items: [],
    })
    expect((await get('symbolserver/details/partner')).json).toMatchObject({ id: 'partner' })
    expect((await get(`status/${SCOPE}`)).json).toMatchObject({ servers: [{ id: 'partner' }] })

    const credentials = { serverCredentials: { userName: 'me', password: 'hidden words' } }
    const proxy = { host: '127.0.0.1', port: 3128, username: 'p', password: 'secret words' }
    const changed = await put('symbolserver/partner', {
      ...credentials,
      proxy,
      whiteList: true,
      numberOfConcurrentDownload: 2,
      retryLimit: 5,
      retryTimeout: 9,
      timeout: 30,
      retain: 7,
      force: true,
      ignoreCredentials: false,
    })
    expect(changed.json).toMatchObject({
      whiteList: true,
      numberOfConcurrentDownload: 2,
      retryLimit: 5,
      serverCredentials: { userName: 'me' },
      proxy: { url: 'http://127.0.0.1:3128', username: 'p' },
      ignored: { retryTimeout: expect.any(String), timeout: expect.any(String) },
    })
    expect(changed.json['ignored']).toHaveProperty('retain')
    // Absent fields and `ignoreCredentials` leave what is there.
    const kept = await put('symbolserver/partner', { ignoreCredentials: true, force: true })
    expect(kept.json).toMatchObject({ whiteList: true, serverCredentials: { userName: 'me' } })
    const shown = JSON.stringify((await get('symbolserver/details/partner')).json)
    expect(shown).not.toMatch(/hidden words|secret words/)

    expect((await put('symbolserver/partner/disable', {})).json).toMatchObject({ enabled: false })
    expect((await put('symbolserver/partner/enable', {})).json).toMatchObject({ enabled: true })
    expect((await remove('symbolserver/partner')).status).toBe(200)
    expect((await get('symbolserver/details/partner')).status).toBe(404)
    const api = await fetch(`${server.url}/api/v1/upstreams`, {
      headers: { authorization: `Bearer ${server.adminToken}` },
    })
    expect(await api.json()).toMatchObject({ items: [] })
  })

  it('takes a bucket, and a name from the address where none is given', async () => {
    const server = await startServer()
    const { post } = morgue(server)
    const awsConnection = { bucketName: 'symbols', lowerFile: true, lowerId: false, usePdb: true }
    const bucket = await post(`symbolserver/${SCOPE}`, {
      url: 'https://symbols.s3.eu-central-1.amazonaws.com',
      force: true,
      serverCredentials: { userName: 'AKIA', password: 'hidden', awsConnection },
    })
    expect(bucket).toMatchObject({
      status: 201,
      json: {
        id: 'symbols.s3.eu-central-1.amazonaws.com',
        bucketName: 'symbols',
        serverCredentials: { userName: 'AKIA' },
        ignored: { usePdb: expect.any(String) },
      },
    })
    const again = await post(`symbolserver/${SCOPE}`, {
      url: 'https://symbols.s3.eu-central-1.amazonaws.com',
      force: true,
    })
    expect(again.json).toMatchObject({ id: 'symbols.s3.eu-central-1.amazonaws.com-2' })
    const shown = await fetch(`${server.url}/api/v1/upstreams/${String(bucket.json['id'])}`, {
      headers: { authorization: `Bearer ${server.adminToken}` },
    })
    expect(await shown.json()).toMatchObject({
      type: 's3',
      region: 'eu-central-1',
      casing: ['lower_file'],
    })
  })

  it('tries the connection unless forced, and says what is wrong as JSON', async () => {
    const { post, get } = morgue(await startServer())
    const dead = { url: 'http://127.0.0.1:9', name: 'dead' }
    expect(await post(`symbolserver/${SCOPE}`, dead)).toMatchObject({
      status: 422,
      json: { error: { code: 'upstream_unusable' } },
    })
    expect((await post(`symbolserver/${SCOPE}`, { ...dead, force: true })).status).toBe(201)
    expect((await post(`symbolserver/${SCOPE}`, {})).status).toBe(400)
    expect(await post(`symbolserver/${SCOPE}`, { url: 5 })).toMatchObject({
      status: 400,
      json: { error: { message: expect.stringContaining('url is 5') } },
    })
    expect((await get('logs/symbolserver/nobody?page=0&take=10')).status).toBe(404)
  })

  it('is for administrators', async () => {
    const server = await startServer()
    const upload = await createToken(server, 'upload')
    expect((await morgue(server, upload).get(`status/${SCOPE}`)).status).toBe(403)
    expect((await morgue(server, 'wrong').get(`status/${SCOPE}`)).status).toBe(403)
    expect((await curl(`${server.url}/api/symbold/status/${SCOPE}`)).status).toBe(401)
  })
})

describe('symbold whitelist and blacklist', () => {
  it.each(['whitelist', 'blacklist'])('%s adds, lists by pages and removes', async (list) => {
    const { get, post, remove } = await withPartner()
    await post(`${list}/partner`, { model: ['ntdll.pdb'] })
    // Two `--name`.
    await post(`${list}/partner`, { model: [['a*.pdb', 'b.pdb']] })
    const first = await get(`${list}/partner?page=0&take=2`)
    expect(first.json).toMatchObject({ total: 3, items: [{ name: 'a*.pdb' }, { name: 'b.pdb' }] })
    const second = await get(`${list}/partner?page=1&take=2`)
    const items = second.json['items'] as { id: string; name: string }[]
    expect(items).toMatchObject([{ name: 'ntdll.pdb' }])
    expect((await remove(`${list}/${items[0]?.id}`)).status).toBe(200)
    expect((await get(`${list}/partner?page=0&take=10`)).json).toMatchObject({ total: 2 })
    expect((await remove(`${list}/${items[0]?.id}`)).status).toBe(404)
    expect((await remove(`${list}/nonsense`)).status).toBe(404)
    expect((await post(`${list}/partner`, { model: 'x' })).status).toBe(400)
  })
})

describe('symbold skiplist and logs', () => {
  it('are read, searched by text, and emptied by entry, by text and as a whole', async () => {
    const { server, get, remove } = await withPartner({ skip: { after_failed_fills: 1 } })
    const odd = (index: number): string => `odd${index}.pdb/${GUID}${index}/odd${index}.pdb`
    for (const path of [odd(1), odd(2), odd(3), odd(4), `app.pdb/${GUID}1/app.pdb`])
      await curl(`${server.url}/${path}`)
    const skipped = async (query = '?page=0&take=10') =>
      (await get(`skiplist/partner${query}`)).json as { total: number; items: { id: string }[] }
    expect(await skipped()).toMatchObject({ total: 4 })
    expect(await skipped('?page=1&take=3')).toMatchObject({ total: 4, items: [{}] })
    const found = await skipped('/text/odd2?page=0&take=10')
    expect(found).toMatchObject({ total: 1 })
    expect((await remove(`skiplist/${found.items[0]?.id}`)).json).toEqual({ deleted: 1 })
    expect((await remove(`skiplist/${found.items[0]?.id}`)).status).toBe(404)
    expect((await remove('skiplist/partner/text/ODD3')).json).toEqual({ deleted: 1 })
    expect(await skipped()).toMatchObject({ total: 2 })
    expect((await remove('skiplist/partner/all')).json).toEqual({ deleted: 2 })
    expect(await skipped()).toMatchObject({ total: 0 })

    // A fill is noted when it has ended, which is after its answer.
    await waitUntil(async () => {
      const { json } = await get('logs/symbolserver/partner?page=0&take=2')
      expect(json).toMatchObject({ page: 0, take: 2, items: [{}, {}] })
      return JSON.stringify(json['items']).includes('"downloaded"')
    })
    const text = 'Download%20failed'
    const failed = (await get(`logs/symbolserver/partner/text?page=0&take=10&text=${text}`)).json
    expect(failed['items']).toHaveLength(4)
    const details = (await get('symbolserver/details/partner')).json
    expect(details).toMatchObject({
      statistics: {
        successfulDownloads: 1,
        failedDownloads: 4,
        failedByStage: { verification: 4 },
      },
    })
  })
})

describe('symbold queue', () => {
  it('is the queue of files to fetch ahead', async () => {
    const { get, post } = await withPartner()
    const added = await post('queue/add', {
      objectId: 79,
      missingSymbols: [`app.pdb,${GUID}1`, `absent.pdb,${GUID}2`, 'no symbol'],
      universeName: 'acme',
      projectName: 'game',
    })
    expect(added).toMatchObject({ status: 200, json: { added: 2, rejected: ['no symbol'] } })
    await waitUntil(async () => (await get('queue/events/count')).json['count'] === 0)
    expect((await get('queue/events')).json).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ missingSymbols: [`app.pdb,${GUID}1`], state: 'fetched' }),
        expect.objectContaining({ missingSymbols: [`absent.pdb,${GUID}2`], state: 'absent' }),
      ]),
    })
    expect((await get('queue/missingSymbols')).json).toEqual({ items: [] })
  })
})

describe('morgue put and morgue symbol', () => {
  const form = (action: string, tags?: readonly string[]) => ({
    form: { ...(tags && { tags }), ...(action === 'symbols' && { values: ['debug_file'] }) },
    action,
  })

  async function ask(server: RunningServer, token: string, body: object): Promise<Json> {
    const target = `${server.url}/api/symfile?token=${token}&universe=1&project=game`
    const answer = await fetch(target, { method: 'POST', body: JSON.stringify(body) })
    return { status: answer.status, ...((await answer.json()) as Json) }
  }

  it('uploads, whatever Content-Encoding claims, raw and as a form, and tells what there is', async () => {
    const server = await startServer()
    const token = await createToken(server, 'upload')
    const other = await createToken(server, 'upload')
    const put = `${server.url}/api/post?token=${token}&universe=1&project=game&format=symbols&tag=1.0`
    const zip = makeZip([{ name: 'app.pdb', data: pdb }])
    for (const encoding of [undefined, 'gzip', 'deflate']) {
      const answer = await fetch(put, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/octet-stream',
          ...(encoding && { 'Content-Encoding': encoding }),
        },
        body: new Uint8Array(zip),
      })
      expect(await answer.json()).toMatchObject({ response: 'ok' })
    }
    const parts = new FormData()
    const file = new Blob([new Uint8Array(zip)], { type: 'application/zip' })
    parts.append('upload_file', file, 'sample.zip')
    expect((await fetch(put, { method: 'POST', body: parts })).status).toBe(200)
    await curl(`${server.url}/gone.pdb/${GUID}7/gone.pdb`)

    const archives = await ask(server, token, form('archives'))
    expect(archives).toMatchObject({
      status: 200,
      response: { archives: [{ tag: '1.0', files: [{}, {}, {}, { new_symbols: 1 }] }] },
    })
    expect(await ask(server, token, form('symbols', ['1.0']))).toMatchObject({
      response: {
        symbols: [
          {
            tag: '1.0',
            files: expect.arrayContaining([
              expect.objectContaining({ debug_file: 'app.pdb', debug_identifier: `${GUID}1` }),
            ]),
          },
        ],
      },
    })
    expect(await ask(server, token, form('summary'))).toMatchObject({
      response: {
        summary: {
          archives: { count: 4, first_updated_time: expect.any(Number) },
          symbols: { count: 1 },
          missing_symbols: { count: 1, last_crash_time: expect.any(Number) },
        },
      },
    })
    expect(await ask(server, token, form('missing_symbols'))).toMatchObject({
      response: { missing_symbols: [{ debug_file: 'gone.pdb', debug_id: `${GUID}7` }] },
    })
    // Whoever uploads sees what is his own; an administrator, by the header, sees all.
    expect(await ask(server, other, form('archives'))).toMatchObject({ response: { archives: [] } })
    expect(await ask(server, token, form('archives', ['other']))).toMatchObject({
      response: { archives: [] },
    })
    const all = await fetch(`${server.url}/api/symfile?universe=1&project=game`, {
      method: 'POST',
      headers: { 'X-Coroner-Token': server.adminToken },
      body: JSON.stringify(form('archives')),
    })
    expect(await all.json()).toMatchObject({ response: { archives: [{ tag: '1.0' }] } })
    expect((await ask(server, server.adminToken, form('summary')))['status']).toBe(403)
    expect((await ask(server, 'wrong', form('summary')))['status']).toBe(403)
    expect((await ask(server, token, form('nonsense')))['status']).toBe(400)
  })
})
