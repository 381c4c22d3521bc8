import { describe, expect, it } from 'vitest'
import { SignInBrake } from '../../src/access/sign-in-brake.ts'

describe('SignInBrake', () => {
  it('makes each failure of an address wait longer, up to 8 seconds, and forgets them with a success', async () => {
    const waits: number[] = []
    const brake = new SignInBrake(async (ms) => void waits.push(ms))
    for (let count = 0; count < 7; count++) await brake.failed('a')
    expect(waits.splice(0)).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000])
    await brake.failed('b')
    brake.succeeded('a')
    await brake.failed('a')
    expect(waits).toEqual([250, 250])
  })

  it('refuses further failures while too many are waiting', async () => {
    const brake = new SignInBrake(async () => await new Promise<void>(() => {}))
    for (let count = 0; count < 100; count++) void brake.failed(`address ${count}`)
    await expect(brake.failed('one more')).rejects.toMatchObject({ code: 'busy' })
  })
})
