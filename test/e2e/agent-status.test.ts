import { describe, expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { startServer, waitUntil } from '../helpers/server.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const PATH = `/app.pdb/${GUID}1/app.pdb`
const pdb = makePdb({ guid: GUID, age: 1 })

describe('a debugger that would give up before the first byte', () => {
  const start = async (symbol_agent_status: boolean) => {
    const held: (() => void)[] = []
    const upstream = await startUpstream((_, response) => {
      held.push(() => response.end(pdb))
    })
    const upstreams = [{ name: 'first', url: upstream.url }]
    const server = await startServer({ config: { serve: { symbol_agent_status }, upstreams } })
    return { upstream, server, release: () => held.forEach((end) => end()) }
  }
  const header = ['--header', 'Symbol-Agent-Receive-Timeout: 500'] as const

  it('is told in time that the download goes on, and finds the file later', async () => {
    const { upstream, server, release } = await start(true)
    const answer = await curl(...header, server.url + PATH)
    expect([answer.status, answer.headers.get('symbol-agent-status')]).toEqual([404, '0x80070512'])
    expect(answer.headers.get('cache-control')).toBe('no-store')
    release()
    await waitUntil(
      async () => (await curl(server.url + PATH)).headers.get('x-symgate-source') === 'cache',
    )
    expect(upstream.requests).toHaveLength(1)
  })

  it('waits for the file where that answer is off', async () => {
    const { server, release } = await start(false)
    setTimeout(release, 1000)
    const answer = await curl(...header, server.url + PATH)
    expect([answer.status, answer.headers.get('symbol-agent-status')]).toEqual([200, undefined])
  })
})
