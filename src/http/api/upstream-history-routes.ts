import { z } from '@hono/zod-openapi'
import type { UpstreamHistory } from '../../lookup/upstream-history.ts'
import type { UpstreamRegistry } from '../../lookup/upstream-registry.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'
import { decodeCursor } from './decode-cursor.ts'
import { encodeCursor } from './encode-cursor.ts'
import { listOf } from './list-of.ts'
import { searchQuery } from './search-query.ts'
import { upstreamParams as params } from './upstream-params.ts'

const count = z.number().int()

const statistics = z
  .object({
    bytes: count,
    succeeded: count,
    failed: count,
    failed_by_stage: z.object({
      connect: count,
      download: count,
      verification: count,
      conversion: count,
    }),
    absent: count,
    since: z.iso.datetime(),
  })
  .openapi('UpstreamStatistics')

const entry = z
  .object({
    id: z.string(),
    time: z.iso.datetime(),
    path: z.string(),
    outcome: z.enum(['downloaded', 'absent', 'failed']),
    text: z.string(),
  })
  .openapi('UpstreamLogEntry')

const stats = apiRoute({
  method: 'get',
  path: '/upstreams/{id}/stats',
  summary: 'What came of asking the upstream',
  request: { params },
  responses: {
    200: {
      description: 'Totals since that time',
      content: { 'application/json': { schema: statistics } },
    },
  },
})

const logs = apiRoute({
  method: 'get',
  path: '/upstreams/{id}/logs',
  summary: 'Each attempt to get a file from the upstream',
  request: { params, query: searchQuery },
  responses: {
    200: {
      description: 'The newest first',
      content: { 'application/json': { schema: listOf(entry) } },
    },
  },
})

export interface UpstreamHistoryRoutesOptions {
  readonly registry: UpstreamRegistry
  readonly upstreamHistory: UpstreamHistory
}

/** `/upstreams/{id}/stats` and `/upstreams/{id}/logs`. */
export function upstreamHistoryRoutes({
  registry,
  upstreamHistory: history,
}: UpstreamHistoryRoutesOptions) {
  const resource = createResource()
  resource.openapi(stats, (context) => {
    const { id } = context.req.valid('param')
    const { createdAtMs } = registry.get(id)
    const { failedByStage, sinceMs = createdAtMs, ...totals } = history.statistics(id)
    return context.json(
      { ...totals, failed_by_stage: failedByStage, since: new Date(sinceMs).toISOString() },
      200,
    )
  })
  resource.openapi(logs, (context) => {
    const { id } = context.req.valid('param')
    registry.get(id)
    const { q = '', cursor, limit } = context.req.valid('query')
    const [before = Number.MAX_SAFE_INTEGER] = decodeCursor(cursor, z.tuple([z.number()])) ?? []
    const found = history.find(id, q, before, limit + 1)
    const page = found.slice(0, limit)
    const last = page.at(-1)
    const items = page.map(({ id: entryId, atMs, path, outcome, text }) => ({
      id: String(entryId),
      time: new Date(atMs).toISOString(),
      path,
      outcome,
      text,
    }))
    const isLast = last === undefined || found.length <= limit
    return context.json({ items, next: isLast ? null : encodeCursor([last.id]) }, 200)
  })
  return resource
}
