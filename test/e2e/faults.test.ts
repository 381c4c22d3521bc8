import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { startServer } from '../helpers/server.ts'
import { faultyFile, faults, startFaultyUpstream } from '../helpers/start-faulty-upstream.ts'

/** What of the API's answers is looked at. */
interface Shown {
  readonly items: readonly unknown[]
  readonly state: { readonly breaker: string; readonly failures: number }
  readonly succeeded: number
  readonly absent: number
  readonly failed_by_stage: Readonly<Record<string, number>>
}

/** The rows of the table in docs/upstreams.md, by fault. */
function documentedRows(): ReadonlyMap<string, readonly string[]> {
  const doc = readFileSync(new URL('../../docs/upstreams.md', import.meta.url), 'utf8')
  const section = doc.slice(doc.indexOf('\n## Faults\n'))
  return new Map(
    section
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => {
        const [, fault = '', ...cells] = line.split('|').map((cell) => cell.trim())
        return [fault, cells.slice(0, 3)]
      }),
  )
}

const guidOf = (index: number): string => String(index).padStart(32, 'A')

async function closedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

it('each fault of an upstream comes to what docs/upstreams.md says', async () => {
  const all = ['refuses connections', ...faults]
  const upstreams = await Promise.all(
    all.map(async (fault, index) => ({
      name: `u${index}`,
      url: index === 0 ? await closedPort() : (await startFaultyUpstream(fault, guidOf(index))).url,
      allowlist_enabled: true,
      allowlist: [`f${index}.pdb`],
      attempts: 1,
      timeouts: { first_byte: '2s', idle: '2s' },
    })),
  )
  const server = await startServer({
    config: { limits: { fill_size: '8MiB' }, skip: { after_failed_fills: 1 }, upstreams },
  })
  const get = async (path: string): Promise<Shown> => {
    const headers = { authorization: `Bearer ${server.adminToken}` }
    const response = await fetch(`${server.url}/api/v1${path}`, { headers })
    return (await response.json()) as Shown
  }

  const seen = async (index: number): Promise<string> => {
    const name = `f${index}.pdb`
    const answer = await curl(`${server.url}/${name}/${guidOf(index)}1/${name}`)
    if (answer.status === 404) return `404 \`${answer.headers.get('x-symgate-miss')}\``
    if (answer.exit !== 0) return 'a broken connection'
    return answer.status === 200 && answer.body.equals(faultyFile(guidOf(index)))
      ? '200'
      : 'something else'
  }
  const remembered = async (index: number): Promise<string> => {
    const id = `u${index}`
    const misses = await get(`/misses?upstream=${id}`)
    const skips = await get(`/upstreams/${id}/skiplist`)
    const { state } = await get(`/upstreams/${id}`)
    const facts = [
      misses.items.length > 0 && 'a miss',
      skips.items.length > 0 && 'a failure of the file',
      state.failures > 0 && 'a failure of the host',
      state.breaker === 'open' && 'a pause of the host',
    ]
    return facts.filter(Boolean).join(', ') || 'nothing'
  }
  const counted = async (index: number): Promise<string> => {
    const { succeeded, absent, failed_by_stage: failed } = await get(`/upstreams/u${index}/stats`)
    const numbers = { succeeded, absent, ...failed }
    return Object.entries(numbers)
      .filter(([, count]) => count > 0)
      .map(([name]) => `\`${name}\``)
      .join(', ')
  }

  const rows = documentedRows()
  expect([...rows.keys()].filter((fault) => !/^-|^an upstream that/.test(fault))).toEqual(all)
  for (const [index, fault] of all.entries()) {
    const client = await seen(index)
    await expect.poll(() => counted(index), { timeout: 5000 }).not.toBe('')
    const row = [client, await remembered(index), await counted(index)]
    expect.soft([fault, ...row]).toEqual([fault, ...(rows.get(fault) ?? [])])
  }
}, 120_000)
