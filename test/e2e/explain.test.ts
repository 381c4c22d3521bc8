import { describe, expect, it } from 'vitest'
import { startServer, waitUntil } from '../helpers/server.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const ID = '497B72F6390A44FC878E5A2D63B6CC4B1'

describe('/explain and /fills over a running server', () => {
  it('tell what each upstream would be asked and why not, and ask nobody', async () => {
    const has = await startUpstream((_, response) => void response.writeHead(404).end())
    const { url, adminToken } = await startServer({
      config: {
        presets: 'off',
        upstreams: [
          { name: 'open', url: has.url, priority: 1 },
          { name: 'blocking', url: has.url, priority: 2, blocklist: ['App.*'] },
          { name: 'listed', url: has.url, priority: 3, allowlist_enabled: true, allowlist: ['x'] },
        ],
      },
    })
    const get = async (path: string) => await ask(url, adminToken, path)
    const before = await get(`/explain?path=app.pdb/${ID}/app.pdb`)
    expect(before.result).toBe('ask')
    expect(
      before.upstreams.map(({ name, verdict }: Record<string, string>) => [name, verdict]),
    ).toEqual([
      ['listed', 'not_listed'],
      ['blocking', 'blocked'],
      ['open', 'ask'],
    ])
    expect(has.requests).toHaveLength(0)
    expect((await fetch(`${url}/app.pdb/${ID}/app.pdb`)).status).toBe(404)
    const after = await get(`/explain?path=app.pdb/${ID}/app.pdb`)
    expect(after.upstreams[2]).toMatchObject({
      name: 'open',
      verdict: 'remembered',
      because: expect.stringMatching(/did not have the file at .*; it is asked again from/),
    })
  })

  it('show a fill while it runs', async () => {
    const { promise: mayAnswer, resolve: finish } = Promise.withResolvers<void>()
    const slow = await startUpstream(async (_, response) => {
      await mayAnswer
      response.writeHead(404).end()
    })
    const { url, adminToken } = await startServer({
      config: { presets: 'off', upstreams: [{ name: 'slow', url: slow.url }] },
    })
    const fills = async () => (await ask(url, adminToken, '/fills')).items
    expect(await fills()).toEqual([])
    const answer = fetch(`${url}/app.pdb/${ID}/app.pdb`)
    await waitUntil(() => slow.requests.length > 0)
    expect(await fills()).toMatchObject([
      { path: `app.pdb/${ID}/app.pdb`, state: 'asking', upstream: null, bytes: 0, size: null },
    ])
    finish()
    expect((await answer).status).toBe(404)
    expect(await fills()).toEqual([])
  })
})

async function ask(url: string, token: string, path: string) {
  const headers = { authorization: `Bearer ${token}` }
  return JSON.parse(await (await fetch(`${url}/api/v1${path}`, { headers })).text())
}
