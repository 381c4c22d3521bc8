import { z } from '@hono/zod-openapi'
import { AppError } from '../../lib/app-error.ts'
import type { SkipRecord } from '../../db/skip-table.ts'
import type { SkipList } from '../../lookup/skip-list.ts'
import type { UpstreamRegistry } from '../../lookup/upstream-registry.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'
import { decodeCursor } from './decode-cursor.ts'
import { encodeCursor } from './encode-cursor.ts'
import { listOf } from './list-of.ts'
import { searchQuery } from './search-query.ts'
import { upstreamParams as params } from './upstream-params.ts'

const skip = z
  .object({
    id: z.string(),
    path: z.string(),
    failed_fills: z.number().int(),
    last_failed: z.iso.datetime(),
    until: z.iso.datetime().nullable(),
    cause: z.string(),
  })
  .openapi('SkipEntry')

const path = '/upstreams/{id}/skiplist'

const list = apiRoute({
  method: 'get',
  path,
  summary: 'Files that the upstream is not asked for, as they failed there too often',
  request: { params, query: searchQuery },
  responses: {
    200: {
      description: 'The newest first',
      content: { 'application/json': { schema: listOf(skip) } },
    },
  },
})

const remove = apiRoute({
  method: 'delete',
  path: `${path}/{entryId}`,
  summary: 'Asks for one of them again',
  request: { params: params.extend({ entryId: z.string() }) },
  responses: { 204: { description: 'It is gone' } },
})

const removeMany = apiRoute({
  method: 'delete',
  path,
  summary: 'Asks again for all whose path or cause holds the text `q`, or for all with `all=1`',
  request: {
    params,
    query: z.object({
      q: searchQuery.shape.q,
      all: z.enum(['1', 'true']).optional(),
    }),
  },
  responses: {
    200: {
      description: 'How many are gone',
      content: { 'application/json': { schema: z.object({ removed: z.number().int() }) } },
    },
  },
})

export interface SkipRoutesOptions {
  readonly registry: UpstreamRegistry
  readonly skips: SkipList
}

/** `/upstreams/{id}/skiplist`. */
export function upstreamSkipRoutes({ registry, skips }: SkipRoutesOptions) {
  const resource = createResource()
  const entries = (name: string, text?: string): readonly SkipRecord[] =>
    skips.list(name, registry.get(name).spec.rules.skip, text)
  resource.openapi(list, (context) => {
    const { id } = context.req.valid('param')
    const { q, cursor, limit } = context.req.valid('query')
    const [before = Infinity] = decodeCursor(cursor, z.tuple([z.number()])) ?? []
    const rest = entries(id, q).filter((entry) => entry.id < before)
    const page = rest.slice(0, limit)
    const last = page.at(-1)
    const isLast = last === undefined || page.length === rest.length
    const { forgetAfterMs } = registry.get(id).spec.rules.skip
    const items = page.map((entry) => shown(entry, forgetAfterMs))
    return context.json({ items, next: isLast ? null : encodeCursor([last.id]) }, 200)
  })
  resource.openapi(remove, (context) => {
    const { id, entryId } = context.req.valid('param')
    const found = entries(id).filter((entry) => String(entry.id) === entryId)
    if (found.length === 0)
      throw new AppError('not_found', `the skip list of ${id} has no entry ${entryId}`)
    skips.remove(found)
    return context.body(null, 204)
  })
  resource.openapi(removeMany, (context) => {
    const { id } = context.req.valid('param')
    const { q, all } = context.req.valid('query')
    if ((q === undefined || q === '') && all === undefined)
      throw new AppError(
        'request_invalid',
        'q is missing; allowed: a text, or all=1 for everything',
      )
    const found = entries(id, all === undefined ? q : undefined)
    skips.remove(found)
    return context.json({ removed: found.length }, 200)
  })
  return resource
}

function shown({ id, lastFailedAtMs, ...entry }: SkipRecord, forgetAfterMs: number) {
  const until = lastFailedAtMs + forgetAfterMs
  return {
    id: String(id),
    path: entry.path,
    failed_fills: entry.failedFills,
    last_failed: new Date(lastFailedAtMs).toISOString(),
    until: Number.isFinite(until) ? new Date(until).toISOString() : null,
    cause: entry.cause,
  }
}
