import { describe, expect, it } from 'vitest'
import { startApi } from './start-api.ts'

interface Description {
  readonly openapi: string
  readonly info: { readonly version: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

describe('the API', () => {
  it('describes itself to everybody, with all its routes', async () => {
    const { api } = await startApi()
    for (const path of ['/openapi.json', '/api/v1/openapi.json']) {
      const answer = await api.request(path)
      const description = (await answer.json()) as Description
      expect(description).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } })
      expect(Object.keys(description.paths)).toContain('/api/v1/tokens/{id}')
      const uploads = description.paths['/api/v1/uploads']
      expect(Object.keys(uploads ?? {}).toSorted()).toEqual(['get', 'post', 'put'])
    }
  })

  it('opens no route to anybody without a token, nor to download tokens', async () => {
    const { api, request, tokenOf } = await startApi()
    const { paths } = (await (await api.request('/openapi.json')).json()) as Description
    const download = tokenOf('download')
    for (const [path, operations] of Object.entries(paths)) {
      for (const method of Object.keys(operations)) {
        // Answered before the API, for their bodies are streamed.
        if (path === '/api/v1/uploads' && method !== 'get') continue
        const target = path.replace('{', '').replace('}', '')
        const nobody = await api.request(target, { method: method.toUpperCase() })
        expect(nobody.status, `${method} ${path}`).toBe(401)
        const { status, json } = await request(target.replace('/api/v1', ''), {
          method: method.toUpperCase(),
          token: download,
        })
        expect([status, json.error.code], `${method} ${path}`).toEqual([403, 'token_invalid'])
      }
    }
  })

  it('says what is wrong with a token', async () => {
    const { api, request, tokens } = await startApi()
    const nobody = await api.request('/api/v1/tokens')
    expect(nobody.status).toBe(401)
    expect(nobody.headers.get('www-authenticate')).toMatch(/^Basic realm="symgate"/)
    expect(await nobody.json()).toMatchObject({ error: { code: 'token_missing' } })
    expect((await request('/tokens', { token: 'a'.repeat(40) })).json.error.message).toBe(
      'invalid token: it is unknown',
    )
    const { text } = tokens.create({ scope: 'upload', name: '' })
    expect((await request('/tokens', { token: text })).json.error.message).toBe(
      'invalid token: its scope is upload, this needs scope admin',
    )
  })

  it('takes the token as Basic password and as Auth-Token too', async () => {
    const { api, admin } = await startApi()
    const basic = Buffer.from(`anybody:${admin}`).toString('base64')
    for (const headers of [{ authorization: `Basic ${basic}` }, { 'auth-token': admin }]) {
      expect((await api.request('/api/v1/tokens', { headers })).status).toBe(200)
    }
  })

  it.each([
    ['?limit=0', 'limit is "0"; allowed: at least 1'],
    ['?limit=1001', 'limit is "1001"; allowed: at most 1000'],
    ['?limit=many', 'limit is "many"; allowed: number'],
    ['?lmit=5', 'GET /api/v1/tokens has no parameter "lmit"; allowed: cursor, limit'],
    ['?cursor=nonsense', 'cursor is none of this list; allowed: the `next` of a page before'],
  ])('refuses the query %s', async (query, message) => {
    const { request } = await startApi()
    const { status, json } = await request(`/tokens${query}`)
    expect([status, json]).toEqual([400, { error: { code: 'request_invalid', message } }])
  })

  it.each([
    ['{"scope":', 'Malformed JSON in request body'],
    ['[]', 'the body is a list; allowed: object'],
    ['{}', 'scope is missing; allowed: download, upload, admin'],
    ['{"scope":"all"}', 'scope is "all"; allowed: download, upload, admin'],
    ['{"scope":"admin","nme":"x"}', 'there is no field "nme"'],
    [
      '{"scope":"admin","expires":"soon"}',
      'expires is "soon"; allowed: a duration such as 90d or 12h, at most 36500d',
    ],
    [
      `{"scope":"admin","name":"${'x'.repeat(201)}"}`,
      `name is "${'x'.repeat(80)}…"; allowed: at most 200 characters`,
    ],
  ])('refuses the body %s', async (body, message) => {
    const { request } = await startApi()
    const { status, json } = await request('/tokens', { method: 'POST', body })
    expect([status, json]).toEqual([400, { error: { code: 'request_invalid', message } }])
  })

  it('refuses an unknown query parameter on every route that reads', async () => {
    const { api, request } = await startApi()
    const { paths } = (await (await api.request('/openapi.json')).json()) as Description
    for (const path of Object.keys(paths).filter((path) => 'get' in (paths[path] ?? {}))) {
      const target = path.replace('/api/v1', '').replace('{', '').replace('}', '')
      const { status, json } = await request(`${target}?nonsense=1`)
      expect([path, status, json.error.code]).toEqual([path, 400, 'request_invalid'])
      expect(json.error.message).toMatch(/has no parameter "nonsense"; allowed: \w/)
    }
  })

  it('says that it takes JSON to whoever sends something else', async () => {
    const { api, admin } = await startApi()
    for (const type of [undefined, 'application/x-www-form-urlencoded']) {
      const answer = await api.request('/api/v1/exists', {
        method: 'POST',
        body: Buffer.from('{"files":[]}'),
        headers: { authorization: `Bearer ${admin}`, ...(type && { 'content-type': type }) },
      })
      expect([answer.status, await answer.json()]).toEqual([
        415,
        {
          error: {
            code: 'unsupported_format',
            message: `POST /api/v1/exists takes a body of content-type application/json; ${type ? `not "${type}"` : 'it has none'}`,
          },
        },
      ])
    }
  })

  it('says in words what a text may be', async () => {
    const { request } = await startApi()
    const { status, json } = await request('/uploads/some', {
      method: 'PATCH',
      body: { tag: 'a\u0007b' },
    })
    expect([status, json.error.message]).toEqual([
      400,
      'tag is "a\\u0007b"; allowed: text without control characters',
    ])
  })

  it('refuses bodies that are too large to hold', async () => {
    const { request } = await startApi()
    const { status, json } = await request('/tokens', {
      method: 'POST',
      body: ' '.repeat(17 << 20),
    })
    expect([status, json.error.code]).toEqual([413, 'limit_exceeded'])
  })

  it('is never cached, errors neither', async () => {
    const { request } = await startApi()
    for (const path of ['/tokens', '/tokens?limit=0'])
      expect((await request(path)).answer.headers.get('cache-control')).toBe('no-store')
  })
})
