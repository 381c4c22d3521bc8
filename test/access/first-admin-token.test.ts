import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { firstAdminToken } from '../../src/access/first-admin-token.ts'
import { TokenService } from '../../src/access/token-service.ts'
import { TokenTable } from '../../src/db/token-table.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { testDatabase } from '../helpers/test-database.ts'

const HOUR_MS = 3_600_000

function setUp() {
  const clock = { now: Date.now() }
  const tokens = new TokenService({ table: new TokenTable(testDatabase()), now: () => clock.now })
  return { tokens, clock }
}

function fileWith(text: string): string {
  const file = join(tempDir(), 'token')
  writeFileSync(file, text)
  return file
}

describe('the token of the first start', () => {
  it('is made once', () => {
    const { tokens } = setUp()
    expect(firstAdminToken(tokens, undefined)).toMatch(/^[a-z2-7]{40}$/)
    expect(firstAdminToken(tokens, undefined)).toBeUndefined()
  })

  it('expires after a day in which nobody used it', () => {
    const { tokens, clock } = setUp()
    const text = firstAdminToken(tokens, undefined) ?? ''
    clock.now += 25 * HOUR_MS
    expect(tokens.check(text)).toEqual({ kind: 'invalid', reason: 'expired' })
  })

  it('stays for ever once it was used', () => {
    const { tokens, clock } = setUp()
    const text = firstAdminToken(tokens, undefined) ?? ''
    clock.now += 23 * HOUR_MS
    expect(tokens.check(text).kind).toBe('valid')
    clock.now += 1000 * HOUR_MS
    expect(tokens.check(text)).toMatchObject({ kind: 'valid', token: { expiresAtMs: undefined } })
  })
})

describe('a token in a file', () => {
  const first = 'abcdefgh'.repeat(5)
  const second = 'hgfedcba'.repeat(5)

  it('is the administrator, and nothing is printed', () => {
    const { tokens } = setUp()
    const file = fileWith(`${first.toUpperCase()}\n`)
    for (let start = 0; start < 2; start++) expect(firstAdminToken(tokens, file)).toBeUndefined()
    expect(tokens.check(first)).toMatchObject({ kind: 'valid', token: { scope: 'admin' } })
    expect(tokens.list()).toHaveLength(1)
  })

  it('takes the place of what stood there before, and of no other', () => {
    const { tokens } = setUp()
    const other = tokens.create({ scope: 'admin', name: 'mine' }).text
    firstAdminToken(tokens, fileWith(first))
    firstAdminToken(tokens, fileWith(second))
    expect(tokens.check(first).kind).toBe('invalid')
    expect([tokens.check(second).kind, tokens.check(other).kind]).toEqual(['valid', 'valid'])
  })

  it.each(['', 'short', 'a'.repeat(39), '1'.repeat(40)])('is refused when it is %j', (text) => {
    const { tokens } = setUp()
    expect(() => firstAdminToken(tokens, fileWith(text))).toThrow('admin_token_file holds no token')
    expect(() => firstAdminToken(tokens, '/nowhere/token')).toThrow(
      'admin_token_file cannot be read',
    )
  })
})
