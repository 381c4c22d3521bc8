import { describe, expect, it } from 'vitest'
import { isOwnForm, SessionService } from '../../src/access/session-service.ts'
import { TokenService } from '../../src/access/token-service.ts'
import { TokenTable } from '../../src/db/token-table.ts'
import { testDatabase } from '../helpers/test-database.ts'

const HOUR = 3_600_000

function setUp() {
  const clock = { now: 1_700_000_000_000 }
  const now = (): number => clock.now
  const tokens = new TokenService({ table: new TokenTable(testDatabase()), now })
  const sessions = new SessionService({ tokens, now })
  const { token } = tokens.create({ scope: 'admin', name: 'me', expiresInMs: 30 * 24 * HOUR })
  return { clock, tokens, sessions, token, id: sessions.begin(token) }
}

describe('a session', () => {
  it('is found by its id alone, and tells whose it is', () => {
    const { sessions, token, id } = setUp()
    expect(sessions.find(id)).toMatchObject({ id, token: { id: token.id, name: 'me' } })
    expect(sessions.find(`${id}x`)).toBeUndefined()
    expect(id).not.toBe(sessions.begin(token))
  })

  it('ends after 8 hours without use, and after 7 days in any case', () => {
    const { sessions, clock, id } = setUp()
    for (let hours = 0; hours < 7 * 24; hours += 7) {
      expect(sessions.find(id)).toBeDefined()
      clock.now += 7 * HOUR
    }
    expect(sessions.find(id)).toBeUndefined()
    const { sessions: others, clock: other, id: idle } = setUp()
    other.now += 8 * HOUR
    expect(others.find(idle)).toBeUndefined()
  })

  it('ends with its token, and when it is told to', () => {
    const { sessions, tokens, token, id } = setUp()
    const second = sessions.begin(token)
    sessions.end(second)
    expect(sessions.find(second)).toBeUndefined()
    tokens.revoke(token.id)
    expect(sessions.find(id)).toBeUndefined()
  })

  it('knows its own forms', () => {
    const { sessions, id } = setUp()
    const session = sessions.find(id)
    if (session === undefined) throw new Error('no session')
    expect(isOwnForm(session, session.csrf)).toBe(true)
    for (const other of ['', 'x', `${session.csrf}x`, 'é'.repeat(session.csrf.length)])
      expect(isOwnForm(session, other)).toBe(false)
  })

  it('gets its notices once', () => {
    const { sessions, id } = setUp()
    sessions.notify(id, 'done')
    expect(sessions.takeNotices(id)).toEqual(['done'])
    expect(sessions.takeNotices(id)).toEqual([])
    expect(sessions.takeNotices('nobody')).toEqual([])
  })
})
