import { getEventListeners } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createUpstream } from '../../src/upstream/create-upstream.ts'
import type { UpstreamAnswer } from '../../src/upstream/upstream.ts'
import { httpSettings } from '../helpers/http-settings.ts'
import { upstreamRequest } from '../helpers/upstream-request.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const REQUEST = upstreamRequest('app.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/app.pdb')
type Script = readonly (number | 'reset')[]

/** An upstream that answers in turn, the last for ever, asked up to `attempts` times. */
async function setUp(script: Script, attempts: number, headers: Record<string, string> = {}) {
  const askedAt: number[] = []
  const server = await startUpstream((request, response) => {
    askedAt.push(performance.now())
    const answer = script[askedAt.length - 1] ?? script.at(-1) ?? 404
    if (answer === 'reset') return void request.socket.resetAndDestroy()
    response.writeHead(answer, headers).end('an answer')
  })
  const upstream = createUpstream(httpSettings(server.url, { attempts }))
  onTestFinished(() => upstream.close())
  const fetch = async (signal = new AbortController().signal): Promise<UpstreamAnswer> => {
    const answer = await upstream.fetch(REQUEST, signal)
    if (answer.kind === 'found') answer.body.destroy()
    return answer
  }
  return { fetch, askedAt }
}

describe('attempts', () => {
  it.each<[string, Script, number, number]>([
    ['found', [500, 200], 3, 2],
    ['found', ['reset', 'reset', 200], 3, 3],
    ['trouble', [503, 503, 200], 2, 2],
    ['trouble', [500, 200], 1, 1],
    ['found', [429, 200], 2, 2],
  ])('end with %s after %j of at most %i', async (kind, script, attempts, asked) => {
    const { fetch, askedAt } = await setUp(script, attempts)
    expect((await fetch()).kind).toBe(kind)
    expect(askedAt).toHaveLength(asked)
  })

  it.each([400, 401, 403, 407])('are not made of %i, which would come again', async (status) => {
    const { fetch, askedAt } = await setUp([status], 3)
    expect((await fetch()).kind).toBe('trouble')
    expect(askedAt).toHaveLength(1)
  })

  it('come after longer and longer', async () => {
    const { fetch, askedAt } = await setUp([500], 3)
    await fetch()
    const [first = 0, second = 0, third = 0] = askedAt
    // 250 and 500 ms, with half of each for the jitter.
    expect(second - first).toBeGreaterThan(120)
    expect(third - second).toBeGreaterThan(240)
  })

  it('wait as long as the upstream asks for', async () => {
    const { fetch, askedAt } = await setUp([503, 200], 2, { 'retry-after': '1' })
    expect((await fetch()).kind).toBe('found')
    expect((askedAt[1] ?? 0) - (askedAt[0] ?? 0)).toBeGreaterThan(990)
  })

  it('end at once where the upstream asks for more than anybody waits', async () => {
    const { fetch, askedAt } = await setUp([503, 200], 2, { 'retry-after': '3600' })
    expect(await fetch()).toMatchObject({ kind: 'trouble', retryAfterMs: 3_600_000 })
    expect(askedAt).toHaveLength(1)
  })

  it('end when nobody wants the file any more, and leave nothing on the signal', async () => {
    const { fetch, askedAt } = await setUp([503], 2, { 'retry-after': '10' })
    const control = new AbortController()
    setTimeout(() => control.abort(new Error('the server stops')), 100)
    await expect(fetch(control.signal)).rejects.toThrow('the server stops')
    expect(askedAt).toHaveLength(1)
    expect(getEventListeners(control.signal, 'abort')).toHaveLength(0)
  })
})
