import { expect, it } from 'vitest'
import { ServerError } from '../../src/agent/server-error.ts'
import { withRetries } from '../../src/agent/with-retries.ts'

const passing = (retryAfterMs?: number): ServerError =>
  new ServerError('busy', { isPassing: true, retryAfterMs })

it('tries again what may pass, and gives what comes of it', async () => {
  let calls = 0
  const waits: number[] = []
  const result = await withRetries(
    { attempts: 4, firstDelayMs: 1 },
    async () => {
      if (++calls < 4) throw passing(calls === 2 ? 7 : undefined)
      return 'done'
    },
    (_error, delayMs) => waits.push(delayMs),
  )
  expect(result).toBe('done')
  expect(waits).toHaveLength(3)
  expect(waits[1]).toBe(7)
})

it('gives up after its attempts, and at once where another would not help', async () => {
  for (const [error, attempts] of [
    [passing(0), 3],
    [new ServerError('no'), 1],
    [new Error('no'), 1],
  ] as const) {
    let calls = 0
    const run = withRetries({ attempts: 3, firstDelayMs: 1 }, async () => {
      calls++
      throw error
    })
    await expect(run).rejects.toBe(error)
    expect(calls).toBe(attempts)
  }
})
