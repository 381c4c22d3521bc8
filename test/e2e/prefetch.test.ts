import { expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { startServer, waitUntil } from '../helpers/server.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const guidOf = (index: number): string => String(index).padStart(32, 'A')
const pathOf = (index: number): string => `app.pdb/${guidOf(index)}1/app.pdb`

it('files are fetched ahead, by path and from the missing list, with size and outcome', async () => {
  let isThere = false
  const upstream = await startUpstream((request, response) => {
    const guid = /([\dA]{32})1/.exec(request.url ?? '')?.[1] ?? ''
    if (guid === guidOf(3) || (guid === guidOf(4) && !isThere))
      return void response.writeHead(404).end()
    if (guid === guidOf(5)) return void response.end('<html>')
    response.end(makePdb({ guid, age: 1 }))
  })
  const server = await startServer({
    config: { misses: { retry_after: 0 }, upstreams: [{ name: 'first', url: upstream.url }] },
  })
  const call = async (method: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${server.url}/api/v1/prefetch`, {
      method,
      headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return (await response.json()) as Record<string, unknown>
  }
  const done = () => waitUntil(async () => (await call('GET'))['size'] === 0)

  await curl(`${server.url}/${pathOf(2)}`)
  await curl(`${server.url}/${pathOf(4)}`)
  const paths = [1, 2, 3, 5].map(pathOf)
  expect(await call('POST', { paths: [...paths, `/${pathOf(1)}`, 'no/path'] })).toMatchObject({
    added: 4,
    rejected: ['no/path'],
  })
  await done()
  expect(await call('GET')).toMatchObject({
    size: 0,
    fetched: 1,
    present: 1,
    absent: 2,
    failed: 0,
    next: null,
    items: [
      { path: pathOf(5), state: 'absent', reason: 'mismatch' },
      { path: pathOf(3), state: 'absent', reason: 'absent' },
      { path: pathOf(2), state: 'present' },
      { path: pathOf(1), state: 'fetched' },
    ],
  })
  expect((await curl(`${server.url}/${pathOf(1)}`)).headers.get('x-symgate-source')).toBe('cache')

  isThere = true
  expect(await call('POST', { missing: true })).toMatchObject({ rejected: [] })
  await done()
  expect((await curl(`${server.url}/${pathOf(4)}`)).headers.get('x-symgate-source')).toBe('cache')
  expect(await call('POST', {})).toMatchObject({ error: { code: 'request_invalid' } })
})
