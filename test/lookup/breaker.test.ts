import { describe, expect, it } from 'vitest'
import { Breaker, type HostFailure } from '../../src/lookup/breaker.ts'

const RULES = { failures: 3, windowMs: 1000, pauseMs: 5000 }

function breaker() {
  let now = 100_000
  const breaker = new Breaker(() => now)
  const fail = (more: Partial<HostFailure> = {}, rules = RULES) =>
    breaker.fail(
      { path: 'a', cause: 'refused', isOdd: false, retryAfterMs: undefined, ...more },
      rules,
    )
  return { breaker, fail, pass: (ms: number) => (now += ms), at: () => now }
}

describe('Breaker', () => {
  it('opens after so many failures within the window, and says until when and why', () => {
    const { breaker: it, fail, at } = breaker()
    expect([fail().opened, fail().opened]).toEqual([false, false])
    expect([it.enter(), it.state]).toEqual([true, { kind: 'closed', failures: 2 }])
    expect(fail({ cause: 'reset' })).toEqual({ blame: 'host', opened: true })
    expect(it.enter()).toBe(false)
    expect(it.state).toEqual({ kind: 'open', untilMs: at() + 5000, cause: 'reset' })
  })

  it('does not count what lies outside the window, or before a good answer', () => {
    const { breaker: it, fail, pass } = breaker()
    fail()
    fail()
    pass(1000)
    expect(fail().opened).toBe(false)
    fail()
    it.succeed()
    expect([fail().opened, fail().opened, fail().opened]).toEqual([false, false, true])
  })

  it('is not open for longer than its pause when the clock is set back', () => {
    const { breaker: it, fail, pass } = breaker()
    for (let count = 0; count < 3; count++) fail()
    expect(it.enter()).toBe(false)
    pass(-1)
    expect(it.enter()).toBe(true)
  })

  it('lets one request try when the pause is over', () => {
    const { breaker: it, fail, pass } = breaker()
    for (let count = 0; count < 3; count++) fail()
    pass(4999)
    expect(it.enter()).toBe(false)
    pass(1)
    expect([it.enter(), it.enter(), it.admits]).toEqual([true, false, false])
    expect(it.state.kind).toBe('probing')
    expect(fail().opened).toBe(true)
    pass(4999)
    expect(it.enter()).toBe(false)
    pass(1)
    expect(it.enter()).toBe(true)
    it.succeed()
    expect([it.enter(), it.enter(), it.state]).toEqual([
      true,
      true,
      { kind: 'closed', failures: 0 },
    ])
  })

  it('lets the next one try when the first was given up, and ends the pause for a bad answer', () => {
    const { breaker: it, fail, pass } = breaker()
    for (let count = 0; count < 3; count++) fail()
    pass(5000)
    it.enter()
    it.cancel()
    expect([it.enter(), it.enter()]).toEqual([true, false])
    it.answer()
    expect([it.enter(), it.enter()]).toEqual([true, true])
  })

  it('blames the file for an odd failure on a host that serves others, until others fail too', () => {
    const { breaker: it, fail } = breaker()
    expect(fail({ isOdd: true }).blame).toBe('host')
    it.succeed()
    for (let count = 0; count < 10; count++)
      expect(fail({ isOdd: true })).toEqual({ blame: 'file', opened: false })
    expect(fail({ isOdd: true, path: 'b' })).toEqual({ blame: 'host', opened: true })
  })

  it('leaves a host alone that asks for it, but not for longer than a pause', () => {
    const { breaker: it, fail, pass } = breaker()
    expect(fail({ retryAfterMs: 2000 })).toEqual({ blame: 'host', opened: true })
    pass(1999)
    expect(it.enter()).toBe(false)
    pass(1)
    expect(it.enter()).toBe(true)
    it.succeed()
    fail({ retryAfterMs: 99_000 })
    pass(5000)
    expect(it.enter()).toBe(true)
  })

  it('never opens where the rules say 0', () => {
    const { breaker: it, fail } = breaker()
    for (let count = 0; count < 20; count++) fail({ retryAfterMs: 1000 }, { ...RULES, failures: 0 })
    expect(it.enter()).toBe(true)
  })
})
