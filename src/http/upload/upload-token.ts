import type { IncomingMessage } from 'node:http'
import type { TokenInfo } from '../../access/token-service.ts'
import { AppError } from '../../lib/app-error.ts'
import { presentedToken } from '../credentials.ts'
import type { TokenGate } from '../token-gate.ts'

/**
 * The token that an upload brings, in its URL or else its headers. Fails with `token_missing` or `token_invalid`, which say
 * what kind of token is needed.
 */
export async function uploadToken(
  gate: TokenGate,
  urlToken: string | undefined,
  request: IncomingMessage,
): Promise<TokenInfo> {
  const presented = urlToken ?? presentedToken(request)
  const places = 'in the URL, as Bearer, as the password of Basic, or as Auth-Token'
  const token = await gate.require(presented, request, {
    missing: `an upload needs a token of scope upload: ${places}`,
    needed: '; an upload needs one of scope upload',
  })
  const { scope } = token
  // In URLs, which end up in logs and histories, only the narrow scope works.
  if (scope === 'upload' || (scope === 'admin' && urlToken === undefined)) return token
  const hint =
    scope === 'admin' ? 'an admin token is not taken from a URL' : `its scope is ${scope}`
  throw new AppError('token_invalid', `invalid token: ${hint}, an upload needs scope upload`)
}
