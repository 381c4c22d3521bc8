import type { MiddlewareHandler } from 'hono'
import { AppError } from '../../lib/app-error.ts'
import type { ApiEnv } from './api-env.ts'

/** Refuses requests with a query parameter that the route does not have: a misspelt one would list everything. */
export function onlyParameters(names: readonly string[]): MiddlewareHandler<ApiEnv> {
  const allowed = names.length === 0 ? 'none' : names.join(', ')
  return async function checked({ req }, next) {
    const unknown = Object.keys(req.query()).find((name) => !names.includes(name))
    if (unknown !== undefined) {
      const what = `${req.method} ${req.path} has no parameter ${JSON.stringify(unknown)}`
      throw new AppError('request_invalid', `${what}; allowed: ${allowed}`)
    }
    await next()
  }
}
