import { readFileSync } from 'node:fs'
import { AppError } from '../lib/app-error.ts'
import type { TokenService } from './token-service.ts'

/** What was printed somewhere and never used must not open the door for ever. */
const UNUSED_LIFE_MS = 24 * 3_600_000

const FROM_FILE = 'admin_token_file'

/**
 * Sees to it that there is an administrator's token. One that stands in a file is taken from there, in the place of
 * what stood there before. Otherwise one is made when there is none that works; its text, which can be had only
 * now, is given back. It expires after a day, unless it is used. Fails with `config_invalid` for a file without a token.
 */
export function firstAdminToken(
  tokens: TokenService,
  file: string | undefined,
): string | undefined {
  if (file !== undefined) {
    tokens.adopt(readToken(file), { scope: 'admin', name: FROM_FILE })
    return undefined
  }
  const now = Date.now()
  const works = tokens
    .list()
    .some(({ scope, expiresAtMs }) => scope === 'admin' && (expiresAtMs ?? Infinity) > now)
  if (works) return undefined
  const options = { scope: 'admin', name: 'first start', expiresInMs: UNUSED_LIFE_MS } as const
  return tokens.create({ ...options, expiresUnlessUsed: true }).text
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new AppError('config_invalid', `admin_token_file cannot be read: ${String(cause)}`, {
      cause,
    })
  }
}
