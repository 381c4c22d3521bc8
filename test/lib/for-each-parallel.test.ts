import { describe, expect, it } from 'vitest'
import { forEachParallel } from '../../src/lib/for-each-parallel.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('forEachParallel', () => {
  it('works on every item once, at most `width` at a time', async () => {
    const done: number[] = []
    let running = 0
    let most = 0
    await forEachParallel(
      Array.from({ length: 20 }, (_, index) => index),
      4,
      async (item) => {
        most = Math.max(most, ++running)
        await turn()
        running--
        done.push(item)
      },
    )
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index))
    expect(most).toBe(4)
  })

  it('has nothing to do for nothing', async () => {
    let calls = 0
    await forEachParallel([], 4, async () => void calls++)
    expect(calls).toBe(0)
  })

  it('throws the first failure when all that ran has ended, and begins nothing new', async () => {
    const begun: number[] = []
    let running = 0
    const all = forEachParallel([0, 1, 2, 3, 4, 5], 2, async (item) => {
      begun.push(item)
      running++
      try {
        if (item === 1) throw new Error('first')
        await turn()
        await turn()
        if (item === 0) throw new Error('second')
      } finally {
        running--
      }
    })
    await expect(all).rejects.toThrow('first')
    expect(begun).toEqual([0, 1])
    expect(running).toBe(0)
  })

  it('takes a work that throws at once for a failure like any other', async () => {
    const all = forEachParallel([1, 2], 2, () => {
      throw new Error('at once')
    })
    await expect(all).rejects.toThrow('at once')
  })
})
