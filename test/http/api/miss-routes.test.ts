import { describe, expect, it } from 'vitest'
import { symbolPathOf } from '../../helpers/symbol-path-of.ts'
import { startApi } from './start-api.ts'

const pathOf = (index: number, name = 'app.pdb') =>
  symbolPathOf(`${name}/${index.toString(16).padStart(8, '0') + 'A'.repeat(24)}1/${name}`)

describe('/misses', () => {
  it('lists misses page by page, each once, however many there are', async () => {
    const { request, misses } = await startApi()
    for (let index = 0; index < 1200; index++) misses.remember(`up-${index % 3}`, pathOf(index))
    const seen: string[] = []
    let cursor = ''
    do {
      const { json } = await request(`/misses?limit=500${cursor}`)
      seen.push(
        ...json.items.map(
          (item: Record<string, string>) => item['upstream'] + (item['path'] ?? ''),
        ),
      )
      cursor = json.next === null ? '' : `&cursor=${json.next}`
    } while (cursor !== '')
    expect(seen).toHaveLength(1200)
    expect(new Set(seen).size).toBe(1200)
    expect(seen.toSorted()).toEqual(seen)
  })

  it('finds misses by text in the path, in any case, by upstream and by whole path', async () => {
    const { request, misses } = await startApi()
    misses.remember('one', pathOf(1, 'Kernel.pdb'))
    misses.remember('two', pathOf(1, 'Kernel.pdb'))
    misses.remember('two', pathOf(2))
    const count = async (query: string): Promise<number> =>
      (await request(`/misses?${query}`)).json.items.length
    expect(await count('q=KERNEL')).toBe(2)
    expect(await count('q=%25')).toBe(0)
    expect(await count('upstream=two')).toBe(2)
    expect(await count(`upstream=one&path=${pathOf(1, 'KERNEL.PDB').storePath}`)).toBe(1)
    expect(await count(`path=${pathOf(2).storePath}&q=kernel`)).toBe(0)
    const [item] = (await request('/misses?upstream=one')).json.items
    expect(item).toMatchObject({ upstream: 'one', path: pathOf(1, 'kernel.pdb').canonical })
    expect(Date.now() - Date.parse(item.checked)).toBeLessThan(60_000)
  })

  it('forgets what is meant, so that the upstream is asked again', async () => {
    const { request, misses } = await startApi()
    for (const upstream of ['one', 'two'])
      for (let index = 0; index < 600; index++) misses.remember(upstream, pathOf(index))
    const one = { name: 'one', missRetryAfterMs: 60_000 }
    expect(misses.isRemembered(one, pathOf(7))).toBe(true)
    const single = await request(`/misses?upstream=one&path=${pathOf(7).storePath}`, {
      method: 'DELETE',
    })
    expect([single.status, single.json]).toEqual([200, { forgotten: 1 }])
    expect(misses.isRemembered(one, pathOf(7))).toBe(false)
    expect(misses.isRemembered({ ...one, name: 'two' }, pathOf(7))).toBe(true)
    expect((await request('/misses?upstream=two', { method: 'DELETE' })).json.forgotten).toBe(600)
    expect(misses.isRemembered(one, pathOf(8))).toBe(true)
    expect((await request('/misses', { method: 'DELETE' })).json.forgotten).toBe(599)
    expect((await request('/misses')).json).toEqual({ items: [], next: null })
    expect(misses.isRemembered(one, pathOf(8))).toBe(false)
  })
})
