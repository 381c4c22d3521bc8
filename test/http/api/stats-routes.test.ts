import { describe, expect, it } from 'vitest'
import { startApi } from './start-api.ts'

const HOUR_MS = 3_600_000

describe('/stats', () => {
  it('has no hit rate before the first request, and a gapless day of nothing', async () => {
    const { request } = await startApi()
    const { status, json } = await request('/stats')
    expect([status, json.hit_rate, json.totals.requests]).toEqual([200, null, 0])
    const hours = json.hours.map(({ hour }: { hour: string }) => Date.parse(hour))
    expect(hours).toHaveLength(24)
    expect(hours.at(-1)).toBe(Math.floor(Date.now() / HOUR_MS) * HOUR_MS)
    expect(new Set(hours.map((hour: number, index: number) => hour - index * HOUR_MS)).size).toBe(1)
  })

  it('tells what has happened until now', async () => {
    const { request, metrics, blobs } = await startApi()
    metrics.lookups.inc({ outcome: 'hosted' }, 2)
    metrics.lookups.inc({ outcome: 'cache' })
    metrics.lookups.inc({ outcome: 'remembered' })
    metrics.bytesSent.inc(1000)
    blobs.put({
      blob: {
        root: 'hosted',
        key: 'a/b/a',
        kind: 'pdb',
        size: 77,
        etag: 'x',
        source: undefined,
        modifiedAtMs: 1,
      },
      identities: ['one'],
    })
    const { json } = await request('/stats?hours=2')
    expect(json).toMatchObject({
      hit_rate: 0.75,
      totals: { requests: 4, hosted: 2, cache: 1, absent: 1, bytes_sent: 1000 },
      stored: { hosted: { files: 1, bytes: 77 }, cache: { files: 0, bytes: 0 } },
    })
    expect(json.hours.at(-1)).toMatchObject({ requests: 4 })
  })

  it('has no more than a month', async () => {
    const { request } = await startApi()
    expect((await request('/stats?hours=744')).json.hours).toHaveLength(744)
    expect((await request('/stats?hours=745')).status).toBe(400)
  })
})
