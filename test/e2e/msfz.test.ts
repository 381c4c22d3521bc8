import { describe, expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { makeMsfz, msfzDbi, msfzInfo } from '../helpers/make-msfz.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { createToken, startServer, waitUntil, type RunningServer } from '../helpers/server.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const PATH = `app.pdb/${GUID}1/app.pdb`
const MSFZ_PATH = `app.pdb/${GUID}1/msfz0/app.pdb`
const pdb = makePdb({ guid: GUID, age: 1 })
const msfz = makeMsfz({ chunks: [msfzInfo(GUID, 1), msfzDbi(1)] })
const ACCEPT = { Accept: 'application/msfz0' }

async function hosting(files: Readonly<Record<string, Buffer>>): Promise<RunningServer> {
  const server = await startServer()
  const body = makeZip(Object.entries(files).map(([name, data]) => ({ name, data })))
  const authorization = `Bearer ${await createToken(server, 'upload')}`
  const answer = await fetch(`${server.url}/api/v1/uploads`, {
    method: 'POST',
    headers: { authorization },
    body: new Uint8Array(body),
  })
  expect(answer.status).toBe(200)
  return server
}

async function get(url: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await fetch(url, { headers })
  const body = Buffer.from(await answer.arrayBuffer())
  return { status: answer.status, vary: answer.headers.get('vary'), body, headers: answer.headers }
}

describe('an MSFZ file, uploaded', () => {
  it('beside the PDB is given to those who ask for it, and the PDB to everybody else', async () => {
    const { url } = await hosting({ 'old/app.pdb': pdb, 'new/app.pdb': msfz })
    for (const path of [
      MSFZ_PATH,
      MSFZ_PATH.toLowerCase(),
      `ap/${MSFZ_PATH}`,
      `symbols/${MSFZ_PATH}`,
    ])
      expect(await get(`${url}/${path}`)).toMatchObject({ status: 200, body: msfz })
    const accepted = await get(`${url}/${PATH}`, ACCEPT)
    expect(accepted).toMatchObject({ status: 200, vary: 'Accept', body: msfz })
    expect(accepted.headers.get('content-type')).toBe('application/octet-stream')
    const plain = await get(`${url}/${PATH}`, { Accept: '*/*' })
    expect(plain).toMatchObject({ status: 200, vary: 'Accept', body: pdb })
    expect(plain.headers.get('etag')).not.toBe(accepted.headers.get('etag'))
    const etag = String(accepted.headers.get('etag'))
    expect(await get(`${url}/${PATH}`, { ...ACCEPT, 'If-None-Match': etag })).toMatchObject({
      status: 304,
      vary: 'Accept',
    })
    const range = await get(`${url}/${PATH}`, { ...ACCEPT, Range: 'bytes=10-19' })
    expect(range).toMatchObject({ status: 206, body: msfz.subarray(10, 20) })
    const head = await curl('-I', '-H', 'Accept: application/msfz0', `${url}/${PATH}`)
    expect(head.headers.get('content-length')).toBe(String(msfz.byteLength))
  })

  it('alone is nothing for a client that did not ask for it', async () => {
    const { url } = await hosting({ 'app.pdb': msfz })
    expect((await get(`${url}/${PATH}`)).status).toBe(404)
    expect((await get(`${url}/${PATH}`, { Accept: 'application/msfz0;q=0' })).status).toBe(404)
    expect(await get(`${url}/${PATH}`, ACCEPT)).toMatchObject({ status: 200, body: msfz })
  })

  it('is not there: the PDB is good enough for whoever would take it', async () => {
    const { url } = await hosting({ 'app.pdb': pdb })
    expect(await get(`${url}/${PATH}`, ACCEPT)).toMatchObject({ status: 200, body: pdb })
    expect((await get(`${url}/${MSFZ_PATH}`)).status).toBe(404)
  })

  it('comes through a second symgate by its own path, and is kept there', async () => {
    const first = await hosting({ 'app.pdb': msfz })
    const second = await startServer({ config: { upstreams: [{ name: 'first', url: first.url }] } })
    expect(await get(`${second.url}/${MSFZ_PATH}`)).toMatchObject({ status: 200, body: msfz })
    await first.stop()
    expect(await get(`${second.url}/${MSFZ_PATH}`)).toMatchObject({ status: 200, body: msfz })
    expect(await get(`${second.url}/${PATH}`, ACCEPT)).toMatchObject({ status: 200, body: msfz })
  })

  it('comes through a second symgate to whoever accepts it, and goes to nobody else', async () => {
    const first = await hosting({ 'old/app.pdb': pdb, 'new/app.pdb': msfz })
    const second = await startServer({ config: { upstreams: [{ name: 'first', url: first.url }] } })
    expect(await get(`${second.url}/${PATH}`, ACCEPT)).toMatchObject({ status: 200, body: msfz })
    expect(await get(`${second.url}/${PATH}`)).toMatchObject({ status: 200, body: pdb })
    await first.stop()
    expect(await get(`${second.url}/${PATH}`, ACCEPT)).toMatchObject({ status: 200, body: msfz })
    expect(await get(`${second.url}/${PATH}`)).toMatchObject({ status: 200, body: pdb })
  })

  it('is no reason to refuse a PDB that an upstream sends in its place', async () => {
    const first = await hosting({ 'app.pdb': pdb })
    const second = await startServer({ config: { upstreams: [{ name: 'first', url: first.url }] } })
    expect(await get(`${second.url}/${PATH}`, ACCEPT)).toMatchObject({ status: 200, body: pdb })
  })

  it('comes from a server that looks at Accept, is kept apart, and a miss of the one is none of the other', async () => {
    const upstream = await startUpstream(({ url, headers }, response) => {
      const takesMsfz = headers.accept?.includes('application/msfz0') === true
      if (url === `/${PATH}` && takesMsfz) response.end(msfz)
      else response.writeHead(404).end()
    })
    const { url } = await startServer({
      config: { upstreams: [{ name: 'first', url: upstream.url }] },
    })
    expect((await get(`${url}/${PATH}`)).status).toBe(404)
    const accepted = await get(`${url}/${PATH}`, ACCEPT)
    expect(accepted).toMatchObject({ status: 200, vary: 'Accept', body: msfz })
    await waitUntil(async () => {
      const { headers } = await get(`${url}/${PATH}`, ACCEPT)
      return headers.get('x-symgate-source') === 'cache'
    })
    // Whoever does not accept it gets neither the container nor another question.
    const asked = upstream.requests.length
    expect((await get(`${url}/${PATH}`)).status).toBe(404)
    expect(await get(`${url}/${PATH}`, ACCEPT)).toMatchObject({ status: 200, body: msfz })
    expect(await get(`${url}/${MSFZ_PATH}`)).toMatchObject({ status: 200, body: msfz })
    expect(upstream.requests).toHaveLength(asked)
  })

  it('is refused where a server sends it to somebody who did not accept it', async () => {
    const upstream = await startUpstream((_, response) => void response.end(msfz))
    const { url } = await startServer({
      config: { upstreams: [{ name: 'first', url: upstream.url }] },
    })
    const refused = await get(`${url}/${PATH}`)
    expect([refused.status, refused.headers.get('x-symgate-miss')]).toEqual([404, 'mismatch'])
  })
})
