import type { MiddlewareHandler } from 'hono'
import { AppError } from '../../lib/app-error.ts'
import type { ApiEnv } from './api-env.ts'

/** Refuses tokens of a narrower scope; `admin` tokens may do everything, viewers of the page read. */
export function requireScope(scope: 'admin' | 'upload'): MiddlewareHandler<ApiEnv> {
  return async function scoped(context, next) {
    const presented = context.var.token.scope
    const reads = context.env?.isViewer === true && context.req.method === 'GET'
    if (!reads && presented !== 'admin' && presented !== scope) {
      throw new AppError(
        'token_invalid',
        `invalid token: its scope is ${presented}, this needs scope ${scope}`,
      )
    }
    await next()
  }
}
