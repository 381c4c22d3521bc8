import { expect, it, vi } from 'vitest'
import { FailedChecks } from '../../src/access/failed-checks.ts'

it('lets an old token of an agent pass without delay, and slows whoever goes on', async () => {
  vi.useFakeTimers()
  try {
    const checks = new FailedChecks({ freeFailures: 10 })
    for (let time = 0; time < 10; time++) await checks.failed('192.0.2.1')
    expect(checks.delayOf('192.0.2.1')).toBe(0)
    let answered = false
    const eleventh = checks.failed('192.0.2.1').then(() => (answered = true))
    await vi.advanceTimersByTimeAsync(200)
    expect(answered).toBe(false)
    await vi.advanceTimersByTimeAsync(100)
    await eleventh
    for (let time = 0; time < 50; time++) void checks.failed('192.0.2.1')
    expect(checks.delayOf('192.0.2.1')).toBe(3000)
    expect(checks.delayOf('192.0.2.2')).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

it('waits no longer than the caller bears', async () => {
  vi.useFakeTimers()
  try {
    const checks = new FailedChecks({ freeFailures: 0 })
    for (let time = 0; time < 20; time++) void checks.failed('192.0.2.1')
    let answered = false
    void checks.failed('192.0.2.1', 250).then(() => (answered = true))
    await vi.advanceTimersByTimeAsync(260)
    expect(answered).toBe(true)
  } finally {
    vi.useRealTimers()
  }
})

it('keeps only so many waiting, and only so many addresses', async () => {
  vi.useFakeTimers()
  try {
    const checks = new FailedChecks({ freeFailures: 10 })
    let answered = 0
    for (let time = 0; time < 1000; time++) void checks.failed('192.0.2.1').then(() => answered++)
    await vi.advanceTimersByTimeAsync(0)
    expect(answered).toBe(500)
    for (let number = 0; number < 20_000; number++)
      void checks.failed(`10.0.${number >> 8}.${number & 255}`)
    expect(checks.delayOf('192.0.2.1')).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
