import { z } from '@hono/zod-openapi'
import { AppError } from '../../lib/app-error.ts'
import type { MissingList } from '../../lookup/missing-list.ts'
import type { PrefetchQueue } from '../../lookup/prefetch-queue.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'
import { decodeCursor } from './decode-cursor.ts'
import { encodeCursor } from './encode-cursor.ts'
import { listQuery } from './list-query.ts'

/** Paths that one request can bring, by itself or from the missing list. */
const MAX_PATHS = 10_000

const count = z.number().int()

const item = z
  .object({
    id: z.string(),
    path: z.string(),
    state: z.enum(['waiting', 'fetched', 'present', 'absent', 'failed']),
    reason: z.string().nullable(),
    added: z.iso.datetime(),
    finished: z.iso.datetime().nullable(),
  })
  .openapi('Prefetch')

const sizes = z.object({
  size: count.openapi({ description: 'paths that wait or are being fetched' }),
  waiting: count,
  running: count,
  fetched: count,
  present: count,
  absent: count,
  failed: count,
})

const show = apiRoute({
  method: 'get',
  path: '/prefetch',
  summary: 'The queue of paths to fetch ahead, and what became of the last ones',
  request: { query: listQuery },
  responses: {
    200: {
      description: 'The last ones first',
      content: {
        'application/json': {
          schema: z.object({ items: z.array(item), next: z.string().nullable(), ...sizes.shape }),
        },
      },
    },
  },
})

const body = z.strictObject({
  paths: z
    .array(z.string().min(1).max(2000))
    .max(MAX_PATHS)
    .optional()
    .openapi({ description: 'each as `name/id/file`' }),
  missing: z
    .boolean()
    .optional()
    .openapi({ description: 'also what was asked for and nobody had, the last asked for first' }),
})

const add = apiRoute({
  method: 'post',
  path: '/prefetch',
  summary: 'Fetches files ahead: paths, or what is on the missing list',
  request: { body: { required: true, content: { 'application/json': { schema: body } } } },
  responses: {
    202: {
      description: 'How many were taken, and what is no symbol path',
      content: {
        'application/json': {
          schema: z.object({ added: count, rejected: z.array(z.string()), size: count }),
        },
      },
    },
  },
})

export interface PrefetchRoutesOptions {
  readonly prefetch: PrefetchQueue
  readonly missing: MissingList
}

/** `/prefetch`. */
export function prefetchRoutes({ prefetch, missing }: PrefetchRoutesOptions) {
  const resource = createResource()
  resource.openapi(show, (context) => {
    const { cursor, limit } = context.req.valid('query')
    const [before = Number.MAX_SAFE_INTEGER] = decodeCursor(cursor, z.tuple([z.number()])) ?? []
    const found = prefetch.list(before, limit + 1)
    const page = found.slice(0, limit)
    const last = page.at(-1)
    const items = page.map(({ id, addedAtMs, finishedAtMs, ...rest }) => ({
      ...rest,
      id: String(id),
      added: new Date(addedAtMs).toISOString(),
      finished: finishedAtMs === null ? null : new Date(finishedAtMs).toISOString(),
    }))
    const counts = prefetch.counts()
    const isLast = last === undefined || found.length <= limit
    const next = isLast ? null : encodeCursor([last.id])
    return context.json({ items, next, size: counts.waiting + counts.running, ...counts }, 200)
  })
  resource.openapi(add, async (context) => {
    const { paths = [], missing: takesMissing = false } = context.req.valid('json')
    if (paths.length === 0 && !takesMissing)
      throw new AppError('request_invalid', 'paths is missing; allowed: paths, or missing: true')
    const records = takesMissing
      ? await missing.list({
          sinceMs: 0,
          text: undefined,
          isFound: false,
          after: undefined,
          limit: MAX_PATHS,
        })
      : []
    const result = await prefetch.add([...paths, ...records.map(({ storePath }) => storePath)])
    const { waiting, running } = prefetch.counts()
    return context.json(
      { added: result.added, rejected: [...result.rejected], size: waiting + running },
      202,
    )
  })
  return resource
}
