import { describe, expect, it } from 'vitest'
import { Semaphore } from '../../src/lib/semaphore.ts'

/** Work that runs until it is told to end. */
function pending(): { work: () => Promise<string>; end: () => void; started: () => boolean } {
  const { promise, resolve } = Promise.withResolvers<string>()
  let started = false
  return {
    work: () => {
      started = true
      return promise
    },
    end: () => resolve('done'),
    started: () => started,
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('Semaphore', () => {
  it('runs no more at once than it has permits', async () => {
    const semaphore = new Semaphore(3)
    let running = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        semaphore.run(async () => {
          most = Math.max(most, ++running)
          for (let step = 0; step < index % 4; step++) await turn()
          running--
        }),
      ),
    )
    expect([most, running]).toEqual([3, 0])
  })

  it('lets waiters in the order of their coming', async () => {
    const semaphore = new Semaphore(1)
    const order: number[] = []
    await Promise.all(
      [1, 2, 3, 4].map((number) =>
        semaphore.run(async () => {
          await turn()
          order.push(number)
        }),
      ),
    )
    expect(order).toEqual([1, 2, 3, 4])
  })

  it('gives the permit back when the work fails, at once or later', async () => {
    const semaphore = new Semaphore(1)
    const throwing = semaphore.run(() => {
      throw new Error('at once')
    })
    await expect(throwing).rejects.toThrow('at once')
    await expect(semaphore.run(() => Promise.reject(new Error('later')))).rejects.toThrow('later')
    expect(await semaphore.run(() => Promise.resolve(7))).toBe(7)
  })

  it('is busy for one who comes when enough wait already, and takes the others', async () => {
    const semaphore = new Semaphore(1, { maxWaiting: 1 })
    const first = pending()
    const running = semaphore.run(first.work)
    const waiting = semaphore.run(() => Promise.resolve('second'))
    await expect(semaphore.run(() => Promise.resolve('third'))).rejects.toMatchObject({
      code: 'busy',
    })
    first.end()
    expect(await Promise.all([running, waiting])).toEqual(['done', 'second'])
    expect(await semaphore.run(() => Promise.resolve('fourth'))).toBe('fourth')
  })

  it('is busy for one whose turn does not come in time, who then never runs', async () => {
    const semaphore = new Semaphore(1, { maxWaitMs: 10 })
    const first = pending()
    const late = pending()
    const running = semaphore.run(first.work)
    await expect(semaphore.run(late.work)).rejects.toMatchObject({ code: 'busy' })
    first.end()
    await running
    expect(late.started()).toBe(false)
    expect(await semaphore.run(() => Promise.resolve('free'))).toBe('free')
  })

  it('passes a permit over those who gave up to the next who still waits', async () => {
    const semaphore = new Semaphore(1, { maxWaitMs: 30, setting: 'limits.some' })
    const first = pending()
    const running = semaphore.run(first.work)
    await expect(semaphore.run(() => Promise.resolve('gave up'))).rejects.toThrow(
      /^no turn came within \d+ ms \(limits\.some: 1 at once\)$/,
    )
    const next = semaphore.run(() => Promise.resolve('next'))
    first.end()
    expect(await Promise.all([running, next])).toEqual(['done', 'next'])
  })
})
