import type { MiddlewareHandler } from 'hono'
import { readText } from '../read-text.ts'
import type { ApiEnv } from './api-env.ts'

/**
 * Reads the body for the handler, up to a limit. Not Hono's own `bodyLimit`: that makes a new Request of what
 * node-server gives, which fails while the global Request is not replaced.
 */
export function limitText(maxBytes: number): MiddlewareHandler<ApiEnv> {
  return async function limited({ req }, next) {
    const text = await readText(req.raw, maxBytes)
    // Hono's types say string, its code a promise of one.
    Object.assign(req.bodyCache, { text: Promise.resolve(text) })
    await next()
  }
}
