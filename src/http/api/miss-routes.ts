import { z } from '@hono/zod-openapi'
import type { MissFilter, MissMemory } from '../../lookup/miss-memory.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'
import { decodeCursor } from './decode-cursor.ts'
import { encodeCursor } from './encode-cursor.ts'
import { listOf } from './list-of.ts'
import { searchQuery } from './search-query.ts'

/** Names of upstreams and paths are no longer. */
const MAX_TEXT = 2000

const miss = z
  .object({
    upstream: z.string(),
    path: z.string().openapi({ description: 'in lower case, as all spellings share it' }),
    checked: z.iso.datetime().openapi({ description: 'when the upstream last said so' }),
    requested: z.iso.datetime().openapi({ description: 'when a client last asked' }),
  })
  .openapi('Miss')

const filter = z.object({
  q: z.string().max(MAX_TEXT).optional().openapi({ description: 'text in the path' }),
  upstream: z.string().max(MAX_TEXT).optional(),
  path: z.string().max(MAX_TEXT).optional().openapi({ description: 'the whole path' }),
})

const list = apiRoute({
  method: 'get',
  path: '/misses',
  summary: 'What upstreams were found not to have',
  request: { query: searchQuery.extend(filter.shape) },
  responses: {
    200: {
      description: 'In the order of upstream and path',
      content: { 'application/json': { schema: listOf(miss) } },
    },
  },
})

const forget = apiRoute({
  method: 'delete',
  path: '/misses',
  summary: 'Forgets misses, so that upstreams are asked again; all of them without parameters',
  request: { query: filter },
  responses: {
    200: {
      description: 'How many were forgotten',
      content: { 'application/json': { schema: z.object({ forgotten: z.number().int() }) } },
    },
  },
})

/** `/misses`, the negative cache. */
export function missRoutes({ misses }: { readonly misses: MissMemory }) {
  const resource = createResource()
  resource.openapi(list, async (context) => {
    const { cursor, limit, ...query } = context.req.valid('query')
    const [upstream, path] = decodeCursor(cursor, z.tuple([z.string(), z.string()])) ?? []
    const after = upstream === undefined || path === undefined ? undefined : { upstream, path }
    const found = await misses.search(filterOf(query), { after, limit: limit + 1 })
    const items = found.slice(0, limit)
    const last = items.at(-1)
    const next =
      found.length > limit && last !== undefined ? encodeCursor([last.upstream, last.path]) : null
    return context.json(
      {
        items: items.map((item) => ({
          upstream: item.upstream,
          path: item.path,
          checked: new Date(item.checkedAtMs).toISOString(),
          requested: new Date(item.requestedAtMs).toISOString(),
        })),
        next,
      },
      200,
    )
  })
  resource.openapi(forget, async (context) =>
    context.json(
      { forgotten: await misses.forgetMatching(filterOf(context.req.valid('query'))) },
      200,
    ),
  )
  return resource
}

function filterOf({ q, upstream, path }: z.output<typeof filter>): MissFilter {
  return { text: q, upstream, path }
}
