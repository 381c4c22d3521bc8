import { z } from '@hono/zod-openapi'
import type { FillService } from '../../lookup/fill-service.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'
import { listOf } from './list-of.ts'

const fill = z
  .object({
    path: z.string(),
    state: z.enum(['waiting', 'asking', 'receiving']).openapi({
      description: 'for its turn; upstreams, or verifying; what clients are being sent',
    }),
    upstream: z.string().nullable(),
    bytes: z.number().int(),
    size: z.number().int().nullable().openapi({ description: 'null: the upstream does not say' }),
    started: z.iso.datetime(),
  })
  .openapi('Fill')

const list = apiRoute({
  method: 'get',
  path: '/fills',
  summary: 'The fills that run now, the oldest first',
  responses: {
    200: {
      description: 'All of them, for their number is limited',
      content: { 'application/json': { schema: listOf(fill) } },
    },
  },
})

export interface FillRoutesOptions {
  readonly fills: Pick<FillService, 'running'>
}

/** `/fills`. */
export function fillRoutes({ fills }: FillRoutesOptions) {
  const resource = createResource()
  resource.openapi(list, (context) => {
    const items = fills.running().map(({ startedAtMs, upstream = null, size = null, ...item }) => ({
      ...item,
      upstream,
      size,
      started: new Date(startedAtMs).toISOString(),
    }))
    return context.json({ items, next: null }, 200)
  })
  return resource
}
