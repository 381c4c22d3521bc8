import type { MiddlewareHandler } from 'hono'
import { AppError } from '../../lib/app-error.ts'
import type { ApiEnv } from './api-env.ts'

/** Refuses bodies that are not said to be JSON, which would be taken for empty ones. */
export const jsonOnly: MiddlewareHandler<ApiEnv> = async function jsonOnly({ req }, next) {
  const type = req.header('content-type') ?? ''
  if (!/^application\/([a-z.-]+\+)?json\s*(;|$)/i.test(type)) {
    const found = type === '' ? 'it has none' : `not ${JSON.stringify(type)}`
    const what = `${req.method} ${req.path} takes a body of content-type application/json`
    throw new AppError('unsupported_format', `${what}; ${found}`)
  }
  await next()
}
