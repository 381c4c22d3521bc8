import { Hono } from 'hono'
import type { ApiEnv } from '../api/api-env.ts'
import { authenticate } from '../api/authenticate.ts'
import { limitText } from '../api/limit-text.ts'
import { requireScope } from '../api/require-scope.ts'
import { listRoutes } from './list-routes.ts'
import { queueRoutes } from './queue-routes.ts'
import { serverRoutes } from './server-routes.ts'
import { symfileRoutes } from './symfile-routes.ts'
import type { SymboldOptions } from './symbold-options.ts'
import { authenticateByUrl } from './authenticate-by-url.ts'

/** Lists of names and settings. */
const MAX_BODY_BYTES = 1 << 20

/**
 * The paths that Backtrace's own command line speaks to, `/api/symbold/…` and `/api/symfile`, over the use cases of
 * `/api/v1`. Errors are thrown to whoever mounts it.
 */
export function symboldRoutes(options: SymboldOptions): Hono<ApiEnv> {
  const { gate } = options
  const routes = new Hono<ApiEnv>()
  for (const path of ['/api/symbold/*', '/api/symfile']) {
    routes.use(path, async (context, next) => {
      await next()
      context.header('cache-control', 'no-store')
      context.header('x-content-type-options', 'nosniff')
    })
  }
  routes.use('/api/symbold/*', authenticate(gate), requireScope('admin'), limitText(MAX_BODY_BYTES))
  routes.use('/api/symfile', authenticateByUrl(gate), limitText(MAX_BODY_BYTES))
  for (const group of [serverRoutes(options), listRoutes(options), queueRoutes(options)])
    routes.route('/api/symbold', group)
  routes.route('/api/symfile', symfileRoutes(options))
  return routes
}
