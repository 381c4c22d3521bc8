import { expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { startServer, waitUntil } from '../helpers/server.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const guidOf = (index: number): string => String(index).padStart(32, 'A')
const pathOf = (index: number): string => `/app.pdb/${guidOf(index)}1/app.pdb`

it('the cache keeps to its size, drops the longest unused, and serves what it has without upstreams', async () => {
  const upstream = await startUpstream((request, response) => {
    const guid = /([\dA]{32})1/.exec(request.url ?? '')?.[1] ?? ''
    response.end(makePdb({ guid, age: 1, size: 400_000 }))
  })
  const server = await startServer({
    config: { cache: { max_size: '1MB' }, upstreams: [{ name: 'first', url: upstream.url }] },
  })
  const source = async (index: number): Promise<unknown> =>
    (await curl(server.url + pathOf(index))).headers.get('x-symgate-source')
  for (const index of [1, 2]) {
    expect(await source(index)).toBe('upstream:first')
    await waitUntil(async () => (await source(index)) === 'cache')
  }
  expect(await source(1)).toBe('cache')
  await source(3)
  await waitUntil(async () => (await source(3)) === 'cache')
  await waitUntil(async () => {
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    return metrics.includes('symgate_evicted_files_total{reason="size"} 1')
  })
  await upstream.close()
  expect([await source(1), await source(3), await source(2)]).toEqual(['cache', 'cache', undefined])
})
