import { parseArgs } from 'node:util'
import type { TokenInfo } from '../access/token-service.ts'
import type { Scope } from '../db/token-table.ts'
import { parseDuration } from '../lib/parse-duration.ts'
import type { Administration } from './administration.ts'
import { UsageError } from './usage-error.ts'

const SCOPES: readonly Scope[] = ['download', 'upload', 'admin']

/** Longest name of a token, as the server takes it. */
const MAX_NAME_CHARACTERS = 200

/** A hundred years: beyond the year 275760 there are no dates. */
const MAX_LIFE_MS = 36_500 * 86_400_000

const OPTIONS = {
  scope: { type: 'string' },
  name: { type: 'string', default: '' },
  expires: { type: 'string' },
  tags: { type: 'string', multiple: true },
  names: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  data: { type: 'string' },
  config: { type: 'string' },
} as const

/** What a `token` command line asks for. */
export type TokenCommand = ReturnType<typeof parseTokenCommand>

/** Reads `token create|list|revoke …`; fails with a UsageError that names what is wrong. */
export function parseTokenCommand(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
  })
  const [action, id, ...rest] = positionals
  const { scope } = values
  if (action === 'create') {
    const known = SCOPES.find((candidate) => candidate === scope)
    if (known === undefined)
      throw new UsageError(
        `--scope must be one of ${SCOPES.join(', ')}${scope ? `, not ${JSON.stringify(scope)}` : ''}`,
      )
    if (id !== undefined) throw new UsageError(`unexpected ${JSON.stringify(id)}`)
    if (values.name.length > MAX_NAME_CHARACTERS || /\p{Cc}/u.test(values.name)) {
      const allowed = `at most ${MAX_NAME_CHARACTERS} characters without control characters`
      throw new UsageError(`--name: ${allowed} are allowed`)
    }
    return {
      ...values,
      action,
      scope: known,
      expiresInMs: expiry(values.expires),
      tags: patterns(values.tags),
      names: patterns(values.names),
    } as const
  }
  if (action === 'list' && id === undefined) return { ...values, action } as const
  if (action === 'revoke' && id !== undefined && rest.length === 0)
    return { ...values, action, id } as const
  throw new UsageError(
    'usage: symgate token create --scope SCOPE [--name N] [--expires 90d] [--tags PATTERNS] [--names PATTERNS] | token list | token revoke ID',
  )
}

/** Runs the command; gives the lines to print. */
export async function runTokenCommand(
  command: TokenCommand,
  administration: Administration,
): Promise<readonly string[]> {
  switch (command.action) {
    case 'create': {
      const { text, token } = await administration.createToken(command)
      if (command.json) return [JSON.stringify({ ...shown(token), token: text })]
      return [`${token.scope} token ${token.id}, shown only now:`, text]
    }
    case 'list': {
      const tokens = await administration.listTokens()
      if (command.json) return [JSON.stringify(tokens.map(shown))]
      return tokens.map((token) => {
        const { id, scope, name, expires, last_used: lastUsed, tags, names } = shown(token)
        return [
          id,
          scope.padEnd(8),
          `expires ${expires ?? 'never'}`,
          `last used ${lastUsed ?? 'never'}`,
          name,
          ...(tags.length > 0 ? [`tags ${tags.join(',')}`] : []),
          ...(names.length > 0 ? [`names ${names.join(',')}`] : []),
        ].join('  ')
      })
    }
    case 'revoke':
      await administration.revokeToken(command.id)
      return [`revoked ${command.id}`]
  }
}

/** Patterns of one or more flags, each perhaps a list with commas. */
function patterns(flags: readonly string[] | undefined): readonly string[] {
  return (flags ?? []).flatMap((flag) => flag.split(',').map((pattern) => pattern.trim()))
}

function expiry(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const milliseconds = parseDuration(text)
  if (milliseconds === undefined || milliseconds === 0)
    throw new UsageError(`--expires: ${JSON.stringify(text)} is no duration such as 90d or 12h`)
  if (milliseconds > MAX_LIFE_MS)
    throw new UsageError(`--expires: ${JSON.stringify(text)} is longer than 36500d`)
  return milliseconds
}

function shown({
  id,
  scope,
  name,
  tags,
  names,
  createdAtMs,
  expiresAtMs,
  lastUsedAtMs,
}: TokenInfo) {
  return {
    id,
    scope,
    name,
    tags,
    names,
    created: isoTime(createdAtMs),
    expires: isoTime(expiresAtMs),
    last_used: isoTime(lastUsedAtMs),
  }
}

function isoTime(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString()
}
