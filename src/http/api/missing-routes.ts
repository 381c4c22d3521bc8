import { z } from '@hono/zod-openapi'
import type { MissingRecord } from '../../db/missing-record.ts'
import type { MissingQuery } from '../../db/missing-table.ts'
import { csvLine } from '../../lib/csv-line.ts'
import type { MissingList } from '../../lookup/missing-list.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'
import { decodeCursor } from './decode-cursor.ts'
import { encodeCursor } from './encode-cursor.ts'
import { listOf } from './list-of.ts'
import { searchQuery } from './search-query.ts'
import { timeParameter } from './time-parameter.ts'

/** Rows that are read at once for a CSV. */
const CSV_STEP = 500

const missing = z
  .object({
    path: z.string(),
    name: z.string(),
    id: z.string(),
    file: z.string(),
    count: z.number().int(),
    first: z.iso.datetime(),
    last: z.iso.datetime(),
    reason: z.string().openapi({ description: 'the word of X-Symgate-Miss, the last time' }),
    authenticated: z.boolean().openapi({ description: 'somebody with a token has asked' }),
    user_agents: z.array(z.string()).openapi({ description: 'some of those who asked' }),
    found: z.iso.datetime().nullable().openapi({ description: 'when it arrived' }),
    upload: z.string().nullable().openapi({ description: 'which upload brought it' }),
    upstream: z.string().nullable().openapi({ description: 'which upstream brought it' }),
  })
  .openapi('Missing')

const list = apiRoute({
  method: 'get',
  path: '/missing',
  summary: 'What was asked for and nobody had, the last asked for first',
  request: {
    query: searchQuery.extend({
      since: timeParameter('asked for since'),
      found: z
        .enum(['0', '1'])
        .optional()
        .openapi({ description: '1: only what has been found meanwhile; 0: only what has not' }),
      format: z.enum(['json', 'csv']).default('json'),
    }),
  },
  responses: {
    200: {
      description: 'A page, or as CSV all of it',
      content: {
        'application/json': { schema: listOf(missing) },
        'text/csv': { schema: z.string() },
      },
    },
  },
})

/** `/missing`. */
export function missingRoutes({ missing: table }: { readonly missing: MissingList }) {
  const resource = createResource()
  resource.openapi(list, async (context) => {
    const { q, since: sinceMs = 0, found, format, cursor, limit } = context.req.valid('query')
    const isFound = found === undefined ? undefined : found === '1'
    const query = { text: q, sinceMs, isFound }
    if (format === 'csv') {
      return context.body(csvOf(table, query), 200, {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="missing.csv"',
      })
    }
    const [lastAtMs, path] = decodeCursor(cursor, z.tuple([z.number(), z.string()])) ?? []
    const after = lastAtMs === undefined || path === undefined ? undefined : { lastAtMs, path }
    const records = await table.list({ ...query, after, limit: limit + 1 })
    const page = records.slice(0, limit)
    const last = records.length > limit ? page.at(-1) : undefined
    const next = last === undefined ? null : encodeCursor([last.lastAtMs, last.path])
    return context.json({ items: page.map(toMissing), next }, 200)
  })
  return resource
}

function csvOf(
  table: MissingList,
  query: Pick<MissingQuery, 'text' | 'sinceMs' | 'isFound'>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let after: MissingQuery['after']
  const heads = ['name', 'id', 'file', 'count', 'first', 'last', 'reason', 'found', 'user_agents']
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(csvLine(heads))),
    async pull(controller) {
      const records = await table.list({ ...query, after, limit: CSV_STEP })
      const lines = records.map(toMissing).map((row) => {
        const { name, id, file, count, first, last, reason, found, user_agents: agents } = row
        const asked = [name, id, file, count, first, last, reason, found ?? '']
        return csvLine([...asked, agents.join('; ')])
      })
      if (lines.length > 0) controller.enqueue(encoder.encode(lines.join('')))
      after = records.at(-1)
      if (records.length < CSV_STEP) controller.close()
    },
  })
}

function toMissing(record: MissingRecord): z.output<typeof missing> {
  const { storePath, count, reason, found } = record
  const [name = '', id = '', ...file] = storePath.split('/')
  return {
    path: storePath,
    name,
    id,
    file: file.join('/'),
    count,
    first: new Date(record.firstAtMs).toISOString(),
    last: new Date(record.lastAtMs).toISOString(),
    reason,
    authenticated: record.isTrusted,
    user_agents: [...record.userAgents],
    found: found === undefined ? null : new Date(found.atMs).toISOString(),
    upload: found?.packageId ?? null,
    upstream: found?.upstream ?? null,
  }
}
