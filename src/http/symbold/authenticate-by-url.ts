import type { MiddlewareHandler } from 'hono'
import { AppError } from '../../lib/app-error.ts'
import type { ApiEnv } from '../api/api-env.ts'
import { presentedToken } from '../credentials.ts'
import type { TokenGate } from '../token-gate.ts'

/**
 * Takes the token from a header, of scope admin or upload, or from `?token=`, where only upload tokens work: addresses
 * end up in logs and histories.
 */
export function authenticateByUrl(gate: TokenGate): MiddlewareHandler<ApiEnv> {
  return async function authenticated(context, next) {
    const inHeader = presentedToken({ headers: context.req.header() })
    const presented = inHeader ?? context.req.query('token')
    const token = await gate.require(presented, context.env?.incoming)
    const { scope } = token
    if (scope === 'download')
      throw new AppError(
        'token_invalid',
        'invalid token: its scope is download, this needs scope upload',
      )
    if (scope === 'admin' && inHeader === undefined)
      throw new AppError(
        'token_invalid',
        'invalid token: an admin token is not taken from a URL; send it as X-Coroner-Token, or an upload token here',
      )
    context.set('token', token)
    await next()
  }
}
