import { createRoute, z, type RouteConfig } from '@hono/zod-openapi'
import { jsonOnly } from './json-only.ts'
import { onlyParameters } from './only-parameters.ts'
import { requireScope } from './require-scope.ts'

const error = z
  .object({ error: z.object({ code: z.string(), message: z.string() }) })
  .openapi('Error')
const content = { 'application/json': { schema: error } }

/** What every route answers to requests that it refuses. */
const REFUSALS = {
  400: { description: 'A parameter or field is wrong; the message names it', content },
  401: { description: 'There is no token', content },
  403: { description: 'The token is unknown, expired, or of the wrong scope', content },
  415: { description: 'The body is to be `application/json`', content },
} as const

/**
 * A route of the API: as `createRoute`, but open to `admin` tokens alone unless `scope` says `upload`, with
 * the answers that every route gives to what it refuses, and without other query parameters than its own.
 */
export function apiRoute<
  Route extends Omit<RouteConfig, 'path' | 'middleware' | 'security'> & { path: string },
>(route: Route, scope: 'admin' | 'upload' = 'admin') {
  const query = route.request?.query
  const parameters = query instanceof z.ZodObject ? Object.keys(query.shape) : []
  return createRoute({
    ...route,
    security: [{ token: [] }, { basic: [] }],
    middleware: [
      requireScope(scope),
      onlyParameters(parameters),
      ...(route.request?.body?.required === true ? [jsonOnly] : []),
    ],
    responses: { ...REFUSALS, ...route.responses },
  })
}
