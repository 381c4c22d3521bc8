import { describe, expect, it } from 'vitest'
import { TokenService } from '../../src/access/token-service.ts'
import { TokenTable } from '../../src/db/token-table.ts'
import { testDatabase } from '../helpers/test-database.ts'

const START = 1_700_000_000_000

function setUp() {
  const database = testDatabase()
  const table = new TokenTable(database)
  const clock = { now: START }
  const tokens = new TokenService({ table, now: () => clock.now })
  return { database, table, tokens, clock }
}

/** The text with its character at `index` changed to another of the alphabet. */
function altered(text: string, index: number): string {
  const other = text[index] === 'a' ? 'b' : 'a'
  return text.slice(0, index) + other + text.slice(index + 1)
}

const UNKNOWN = { kind: 'invalid', reason: 'unknown' }

describe('a token', () => {
  it('is 40 characters that a debugger may change the case of', () => {
    const { tokens } = setUp()
    const { text, token } = tokens.create({ scope: 'download', name: 'build farm' })
    expect(text).toMatch(/^[a-z2-7]{40}$/)
    for (const spelling of [text, text.toUpperCase(), text[0]?.toUpperCase() + text.slice(1)])
      expect(tokens.check(spelling)).toMatchObject({ kind: 'valid', token: { id: token.id } })
    expect(token).toEqual({
      id: text.slice(0, 8),
      scope: 'download',
      name: 'build farm',
      tags: [],
      names: [],
      createdAtMs: START,
      expiresAtMs: undefined,
      lastUsedAtMs: undefined,
    })
  })

  it('of an uploader can be limited to tags and names, that of others cannot', () => {
    const { tokens } = setUp()
    const limits = { tags: ['team-*'], names: ['team*.pdb', 'team*.dll'] }
    const { text } = tokens.create({ scope: 'upload', name: '', ...limits })
    expect(tokens.check(text)).toMatchObject({ kind: 'valid', token: limits })
    expect(tokens.list()).toMatchObject([limits])
    expect(() => tokens.create({ scope: 'admin', name: '', ...limits })).toThrow(
      'tags: only tokens of scope upload can be limited, not admin',
    )
    for (const names of [[''], ['a\n'], ['x'.repeat(201)], Array<string>(101).fill('a')])
      expect(() => tokens.create({ scope: 'upload', name: '', names })).toThrow(
        'names: at most 100 patterns of 1 to 200 characters are allowed',
      )
  })

  it('is worth nothing with any other secret, or a part of it', () => {
    const { tokens } = setUp()
    const { text } = tokens.create({ scope: 'admin', name: '' })
    tokens.create({ scope: 'admin', name: 'another' })
    for (let index = 0; index < text.length; index++)
      expect(tokens.check(altered(text, index))).toEqual(UNKNOWN)
    for (const wrong of ['', text.slice(0, 8), text.slice(0, -1), `${text}a`, ` ${text}`, 'ü€😀'])
      expect(tokens.check(wrong)).toEqual(UNKNOWN)
    expect(tokens.check('x'.repeat(100_000))).toEqual(UNKNOWN)
  })

  it('is not kept: neither its text nor its secret is in the database or in what lists show', () => {
    const { tokens, database } = setUp()
    const { text } = tokens.create({ scope: 'upload', name: 'n' })
    const rows = JSON.stringify(database.prepare('SELECT * FROM tokens').all())
    expect(rows + JSON.stringify(tokens.list())).not.toContain(text.slice(8))
    expect(tokens.list()[0]).not.toHaveProperty('hash')
  })

  it('expires on the moment, and is then told from an unknown one', () => {
    const { tokens, clock } = setUp()
    const { text, token } = tokens.create({ scope: 'upload', name: '', expiresInMs: 5000 })
    expect(token.expiresAtMs).toBe(START + 5000)
    clock.now = START + 4999
    expect(tokens.check(text).kind).toBe('valid')
    clock.now = START + 5000
    expect(tokens.check(text)).toEqual({ kind: 'invalid', reason: 'expired' })
    expect(tokens.check(altered(text, 39))).toEqual(UNKNOWN)
    expect(tokens.list()[0]?.lastUsedAtMs).toBe(START + 4999)
  })

  it('is worthless once revoked, by its id in any case', () => {
    const { tokens } = setUp()
    const { text, token } = tokens.create({ scope: 'upload', name: '' })
    tokens.revoke(token.id.toUpperCase())
    expect(tokens.check(text)).toEqual(UNKNOWN)
    expect(tokens.list()).toEqual([])
    expect(() => tokens.revoke(token.id)).toThrow(expect.objectContaining({ code: 'not_found' }))
  })

  it('tells when it was last used, to the minute', () => {
    const { tokens, clock } = setUp()
    const { text } = tokens.create({ scope: 'upload', name: '' })
    const lastUsed = (): number | undefined => tokens.list()[0]?.lastUsedAtMs
    expect(lastUsed()).toBeUndefined()
    tokens.check(text)
    expect(lastUsed()).toBe(START)
    clock.now += 59_999
    tokens.check(text)
    expect(lastUsed()).toBe(START)
    clock.now += 1
    tokens.check(text)
    expect(lastUsed()).toBe(START + 60_000)
  })

  it('is still good when its use cannot be noted, as on a full disk', () => {
    const { tokens, database } = setUp()
    const { text } = tokens.create({ scope: 'download', name: '' })
    database.pragma('query_only = ON')
    expect(tokens.check(text).kind).toBe('valid')
    database.pragma('query_only = OFF')
  })
})

it('tokens are listed in the order in which they were made', () => {
  const { tokens, clock } = setUp()
  for (const name of ['first', 'second', 'third']) {
    tokens.create({ scope: 'download', name })
    clock.now++
  }
  expect(tokens.list().map(({ name }) => name)).toEqual(['first', 'second', 'third'])
})

it('ids are not given twice', () => {
  const { tokens } = setUp()
  const ids = Array.from(
    { length: 500 },
    () => tokens.create({ scope: 'download', name: '' }).token.id,
  )
  expect(new Set(ids).size).toBe(500)
})
