import { expect, it } from 'vitest'
import { NewPathQuota } from '../../src/lookup/new-path-quota.ts'
import { fakeUpstream } from '../helpers/fake-upstream.ts'
import { fillBench } from '../helpers/fill-bench.ts'
import { symbolPathOf } from '../helpers/symbol-path-of.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'

it('holds for each client by itself, and for an hour', () => {
  let now = 0
  const told: string[] = []
  const exceeded = (client: string): void => void told.push(client)
  const quota = new NewPathQuota({ maxPaths: 2, exceeded, now: () => now })
  const ask = (client: string): boolean => quota.admit(client)
  expect([ask('a'), ask('a'), ask('a'), ask('a'), ask('b')]).toEqual([
    true,
    true,
    false,
    false,
    true,
  ])
  now = 3_599_999
  expect(ask('a')).toBe(false)
  now = 3_600_000
  expect(ask('a')).toBe(true)
  expect(told).toEqual(['a'])
})

it('beyond it a stranger makes nobody ask upstreams, and nothing is remembered', async () => {
  const upstream = fakeUpstream('first', { kind: 'absent' })
  const { fills } = await fillBench([upstream], { maxNewPaths: 2 })
  const from = { requestId: 'r', via: '1.1 me', acceptsMsfz: false, checksum: undefined }
  const stranger = { ...from, client: '192.0.2.1', isStranger: true }
  const ask = async (number: number, starter: object): Promise<unknown> => {
    const path = symbolPathOf(`a.pdb/${GUID}${number}/a.pdb`)
    const outcome = await fills.request(path, { ...from, ...starter })
    return outcome.kind === 'absent' ? outcome.reason : 'fill'
  }
  expect(await ask(1, stranger)).toBe('absent')
  expect(await ask(2, stranger)).toBe('absent')
  expect(await ask(3, stranger)).toBe('trouble')
  expect(await ask(1, stranger)).toBe('remembered')
  expect(await ask(4, { ...stranger, client: '192.0.2.2' })).toBe('absent')
  expect(await ask(5, { ...stranger, isStranger: false })).toBe('absent')
  expect(await ask(6, {})).toBe('absent')
  expect(upstream.asked.length).toBe(5)
})
