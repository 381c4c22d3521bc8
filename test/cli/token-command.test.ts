import { describe, expect, it } from 'vitest'
import { TokenService } from '../../src/access/token-service.ts'
import type { Administration } from '../../src/cli/administration.ts'
import { parseTokenCommand, runTokenCommand } from '../../src/cli/token-command.ts'
import { UsageError } from '../../src/cli/usage-error.ts'
import { TokenTable } from '../../src/db/token-table.ts'
import { testDatabase } from '../helpers/test-database.ts'

const NOW = Date.UTC(2025, 0, 1)

function setUp() {
  const tokens = new TokenService({ table: new TokenTable(testDatabase()), now: () => NOW })
  const administration: Administration = {
    createToken: async (options) => tokens.create(options),
    listTokens: async () => tokens.list(),
    revokeToken: async (id) => tokens.revoke(id),
    reindex: () => Promise.reject(new Error('not asked for')),
    sweep: () => Promise.reject(new Error('not asked for')),
    check: () => Promise.reject(new Error('not asked for')),
    importTree: () => Promise.reject(new Error('not asked for')),
  }
  const run = (...args: string[]): Promise<readonly string[]> =>
    runTokenCommand(parseTokenCommand(args), administration)
  return { tokens, run }
}

describe('token create', () => {
  it('prints the token alone on its last line', async () => {
    const { tokens, run } = setUp()
    const lines = await run('create', '--scope', 'upload', '--name', 'ci', '--expires', '90d')
    expect(tokens.check(lines.at(-1) ?? '')).toMatchObject({
      kind: 'valid',
      token: { scope: 'upload', name: 'ci', expiresAtMs: NOW + 90 * 86_400_000 },
    })
    expect(lines.slice(0, -1).join()).not.toContain(lines.at(-1))
  })

  it('prints one JSON object with --json', async () => {
    const { tokens, run } = setUp()
    const [line = ''] = await run('create', '--scope', 'admin', '--json')
    const created = JSON.parse(line) as Record<string, string>
    expect(tokens.check(created['token'] ?? '').kind).toBe('valid')
    expect(created).toMatchObject({ scope: 'admin', name: '', expires: null })
    expect(created['id']).toBe(created['token']?.slice(0, 8))
  })
})

describe('token list', () => {
  it('prints a line for each, without secrets', async () => {
    const { tokens, run } = setUp()
    expect(await run('list')).toEqual([])
    const { text, token } = tokens.create({ scope: 'download', name: 'farm', expiresInMs: 1000 })
    tokens.check(text)
    const [line] = await run('list')
    expect(line).toBe(
      `${token.id}  download  expires 2025-01-01T00:00:01.000Z  last used 2025-01-01T00:00:00.000Z  farm`,
    )
    const [json = ''] = await run('list', '--json')
    expect(JSON.parse(json)).toEqual([
      {
        id: token.id,
        scope: 'download',
        name: 'farm',
        tags: [],
        names: [],
        created: '2025-01-01T00:00:00.000Z',
        expires: '2025-01-01T00:00:01.000Z',
        last_used: '2025-01-01T00:00:00.000Z',
      },
    ])
    expect(json).not.toContain(text.slice(8))
  })
})

describe('a limited token', () => {
  it('is made by patterns, with commas or by the flag again, and listed with them', async () => {
    const { tokens, run } = setUp()
    const flags = ['--tags', 'team-*, nightly', '--names', 'a*.pdb', '--names', 'b*.dll']
    await run('create', '--scope', 'upload', ...flags)
    const limits = { tags: ['team-*', 'nightly'], names: ['a*.pdb', 'b*.dll'] }
    expect(tokens.list()).toMatchObject([limits])
    expect((await run('list'))[0]).toMatch(/ tags team-\*,nightly {2}names a\*\.pdb,b\*\.dll$/)
    const [json = ''] = await run('list', '--json')
    expect(JSON.parse(json)).toMatchObject([limits])
  })
})

describe('token revoke', () => {
  it('makes the token worthless', async () => {
    const { tokens, run } = setUp()
    const { text, token } = tokens.create({ scope: 'upload', name: '' })
    expect(await run('revoke', token.id)).toEqual([`revoked ${token.id}`])
    expect(tokens.check(text).kind).toBe('invalid')
    await expect(run('revoke', token.id)).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a wrong command line', () => {
  it.each([
    [[], 'usage: symgate token'],
    [['make'], 'usage: symgate token'],
    [['create'], '--scope must be one of download, upload, admin'],
    [['create', '--scope', 'root'], '--scope must be one of download, upload, admin, not "root"'],
    [['create', '--scope', ''], '--scope must be one of'],
    [['create', 'x', '--scope', 'admin'], 'unexpected "x"'],
    [['create', '--scope', 'admin', '--expires', 'soon'], '--expires: "soon" is no duration'],
    [['create', '--scope', 'admin', '--expires', '0'], '--expires: "0" is no duration'],
    [['create', '--scope', 'admin', '--expires', ''], '--expires: "" is no duration'],
    [['create', '--scope', 'admin', '--expires', '-1d'], '--expires'],
    [['create', '--scope', 'admin', '--expires', '104249991d'], '--expires'],
    [['create', '--scope', 'admin', '--expires', '9007199254740991ms'], '--expires'],
    [['create', '--scope', 'admin', '--name', 'x'.repeat(201)], '--name'],
    [['create', '--scope', 'admin', '--name', 'two\nlines'], '--name'],
    [['list', 'x'], 'usage: symgate token'],
    [['revoke'], 'usage: symgate token'],
    [['revoke', 'a', 'b'], 'usage: symgate token'],
    [['list', '--unknown'], "Unknown option '--unknown'"],
  ])('%j says what is wrong', (args, message) => {
    expect(() => parseTokenCommand(args)).toThrow(message)
  })

  it('is told apart from a failure', () => {
    expect(() => parseTokenCommand(['make'])).toThrow(UsageError)
  })
})

it('the longest life that a token may have can still be shown', async () => {
  const { run } = setUp()
  await run('create', '--scope', 'upload', '--expires', '36500d')
  expect((await run('list'))[0]).toContain('expires 2124-')
})
