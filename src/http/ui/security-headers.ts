import type { MiddlewareHandler } from 'hono'

/** Everything comes from this server, nothing is inline, nobody frames the page, and forms go nowhere else. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

/** Says to browsers what the page may do, and that nobody is to keep it. */
export function securityHeaders(): MiddlewareHandler {
  return async function secured(context, next) {
    await next()
    context.header('content-security-policy', POLICY)
    context.header('x-content-type-options', 'nosniff')
    context.header('referrer-policy', 'same-origin')
    context.header('cross-origin-opener-policy', 'same-origin')
    if (context.res.headers.get('cache-control') === null)
      context.header('cache-control', 'no-store')
  }
}
