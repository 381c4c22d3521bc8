import type { MiddlewareHandler } from 'hono'
import { presentedToken } from '../credentials.ts'
import type { TokenGate } from '../token-gate.ts'
import type { ApiEnv } from './api-env.ts'

/** Refuses whoever presents no token that is known and in force, whatever its scope; puts it into the context. */
export function authenticate(gate: TokenGate): MiddlewareHandler<ApiEnv> {
  return async function authenticated(context, next) {
    const session = context.env?.sessionToken
    if (session !== undefined) {
      context.set('token', session)
      return await next()
    }
    const presented = presentedToken({ headers: context.req.header() })
    context.set('token', await gate.require(presented, context.env?.incoming))
    await next()
  }
}
