import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { FairSemaphore } from '../../src/lib/fair-semaphore.ts'

/** Work that says who it is for when it begins, and ends when it is told to. */
function worker(semaphore: FairSemaphore) {
  const begun: string[] = []
  const ends: (() => void)[] = []
  return {
    begun,
    start: async (client: string, count = 1) => {
      for (let number = 0; number < count; number++)
        void semaphore.run(client, async () => {
          begun.push(client)
          await new Promise<void>((resolve) => ends.push(resolve))
        })
      await setImmediate()
    },
    endFirst: async () => {
      ends.shift()?.()
      await setImmediate()
    },
  }
}

it('one client never holds more than three quarters, so that others need not wait for it', async () => {
  const { begun, start } = worker(new FairSemaphore(8))
  await start('greedy', 20)
  expect(begun.length).toBe(6)
  await start('other', 2)
  expect(begun.slice(6)).toEqual(['other', 'other'])
})

it('a free permit goes to the client that holds the fewest', async () => {
  const { begun, start, endFirst } = worker(new FairSemaphore(4))
  await start('greedy', 10)
  await start('a', 3)
  await start('b', 1)
  expect(begun).toEqual(['greedy', 'greedy', 'greedy', 'a'])
  await endFirst()
  await endFirst()
  await endFirst()
  expect(begun.slice(4)).toEqual(['b', 'greedy', 'a'])
})

it('with one permit clients take turns', async () => {
  const { begun, start, endFirst } = worker(new FairSemaphore(1))
  await start('greedy', 3)
  await start('other', 3)
  for (let round = 0; round < 5; round++) await endFirst()
  expect(begun).toEqual(['greedy', 'greedy', 'other', 'greedy', 'other', 'other'])
})

it('one client has at most a quarter of the queue, and all have at most the whole', async () => {
  const semaphore = new FairSemaphore(1, { maxWaiting: 8 })
  const { start } = worker(semaphore)
  await start('a', 3)
  const noWork = (): Promise<void> => Promise.resolve()
  await expect(semaphore.run('a', noWork)).rejects.toMatchObject({ code: 'busy' })
  await start('b', 2)
  await start('c', 2)
  await start('d', 2)
  await expect(semaphore.run('e', noWork)).rejects.toMatchObject({ code: 'busy' })
})

it('a failure gives the permit back', async () => {
  const semaphore = new FairSemaphore(1)
  await expect(semaphore.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await semaphore.run('a', () => Promise.resolve(1))).toBe(1)
})
