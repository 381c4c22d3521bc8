import { expect, it } from 'vitest'
import { apiGet } from '../helpers/api-get.ts'
import { curl } from '../helpers/curl.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { createToken, startServer } from '../helpers/server.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const KEY = `App.pdb/${GUID}a/App.pdb`

async function ask(url: string, ...more: string[]): Promise<number> {
  return (await curl(...more, url)).status
}

it('what was asked for and nobody had is listed, until an upload brings it', async () => {
  const server = await startServer()
  const token = await createToken(server, 'upload')
  const started = new Date().toISOString()
  expect(await ask(`${server.url}/${KEY}`, '-A', 'windbg')).toBe(404)
  expect(await ask(`${server.url}/${KEY.toLowerCase()}`, '-A', 'lldb', '-u', `x:${token}`)).toBe(
    404,
  )
  expect(await ask(`${server.url}/=evil.pdb/${GUID}1/=evil.pdb`, '-A', 'a "b"')).toBe(404)
  expect(await ask(`${server.url}/App.pdb/${GUID}a/App.pd_`)).toBe(404)
  expect(await ask(`${server.url}/App.pdb/0/App.pdb`)).toBe(404)

  const { json } = await apiGet(server, `/missing?since=${started}`)
  expect(json.next).toBeNull()
  expect(json.items).toEqual([
    expect.objectContaining({ name: '=evil.pdb', count: 1, authenticated: false }),
    {
      path: KEY,
      name: 'App.pdb',
      id: `${GUID}a`,
      file: 'App.pdb',
      count: 2,
      first: expect.any(String),
      last: expect.any(String),
      reason: 'absent',
      authenticated: true,
      user_agents: ['windbg', 'lldb'],
      found: null,
      upload: null,
      upstream: null,
    },
  ])
  expect(
    (await apiGet(server, `/missing?since=${new Date(Date.now() + 60_000).toISOString()}`)).json
      .items,
  ).toEqual([])
  expect((await apiGet(server, '/missing?since=yesterday')).status).toBe(400)

  const csv = await curl(
    '-u',
    `x:${server.adminToken}`,
    `${server.url}/api/v1/missing?format=csv&since=1h`,
  )
  const lines = csv.body.toString().split('\r\n')
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(lines[0]).toBe('name,id,file,count,first,last,reason,found,user_agents')
  expect(lines[1]).toMatch(/^'=evil\.pdb,.*"a ""b"""$/)
  expect(lines[2]).toMatch(/^App\.pdb,.*,2,.*,absent,,windbg; lldb$/)

  const zip = makeZip([{ name: 'App.pdb', data: makePdb({ guid: GUID, age: 10 }) }])
  const upload = await fetch(`${server.url}/${token}/symbols`, { method: 'POST', body: zip })
  const { _rxid: id } = (await upload.json()) as { _rxid: string }
  expect((await apiGet(server, '/missing?found=1')).json.items).toMatchObject([
    { path: KEY, found: expect.any(String), upload: id },
  ])
  expect((await apiGet(server, '/missing?found=0')).json.items).toMatchObject([
    { name: '=evil.pdb' },
  ])

  await server.stop()
  const again = await startServer({ data: server.data })
  const kept = await apiGet(again, '/missing', server.adminToken)
  expect(kept.json.items.length).toBe(2)
})

it('stored files are found by name, id, path and tag, with their hits', async () => {
  const server = await startServer()
  const token = await createToken(server, 'upload')
  const send = (tag: string, name: string, age: number): Promise<Response> =>
    fetch(`${server.url}/${token}/symbols?tag=${tag}`, {
      method: 'POST',
      body: makeZip([{ name, data: makePdb({ guid: GUID, age }) }]),
    })
  await send('one', 'App.pdb', 10)
  await send('two', 'Other.pdb', 11)
  expect(await ask(`${server.url}/${KEY}`)).toBe(200)

  const names = async (query: string): Promise<unknown> =>
    (await apiGet(server, `/symbols?${query}`)).json.items.map(({ name }: { name: string }) => name)
  expect(await names('')).toEqual(['App.pdb', 'Other.pdb'])
  expect(await names('q=aPP')).toEqual(['App.pdb'])
  expect(await names(`q=${GUID.toLowerCase()}b`)).toEqual(['Other.pdb'])
  expect(await names('q=497b72f6-390a-44fc-878e-5a2d63b6cc4b')).toEqual(['App.pdb', 'Other.pdb'])
  expect(await names(`q=Other.pdb\\${GUID}`)).toEqual(['Other.pdb'])
  expect(await names('tag=two')).toEqual(['Other.pdb'])
  expect(await names('tag=two&q=app')).toEqual([])

  const first = await apiGet(server, '/symbols?limit=1')
  const second = await apiGet(server, `/symbols?limit=1&cursor=${first.json.next}`)
  expect([first.json.items[0].name, second.json.items[0].name]).toEqual(['App.pdb', 'Other.pdb'])
  expect(second.json.next).toBeNull()
  await expect
    .poll(async () => (await apiGet(server, '/symbols?q=App')).json.items, { timeout: 10_000 })
    .toEqual([
      {
        path: KEY,
        name: 'App.pdb',
        id: `${GUID}a`,
        file: 'App.pdb',
        kind: 'pdb',
        size: expect.any(Number),
        root: 'hosted',
        upstream: null,
        sha256: expect.stringMatching(/^[\da-f]{64}$/),
        arrived: expect.any(String),
        hits: 1,
        last_used: expect.any(String),
        packages: [{ id: expect.any(String), tag: 'one' }],
      },
    ])
})
