import { z } from '@hono/zod-openapi'
import type { BlobTable } from '../../db/blob-table.ts'
import type { Activity } from '../../db/activity.ts'
import type { Statistics } from '../../stats/statistics.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'

const HOUR_MS = 3_600_000

/** The longest series: a month, and some. */
const MAX_HOURS = 31 * 24

const amount = z.number().int().nonnegative()

const activity = z
  .object({
    requests: amount.openapi({ description: 'symbol requests answered' }),
    hosted: amount.openapi({ description: 'of these with an uploaded file' }),
    cache: amount.openapi({ description: 'with a file that had been fetched before' }),
    upstream: amount.openapi({ description: 'with a file that was being fetched' }),
    absent: amount.openapi({ description: 'with «nobody has it»' }),
    trouble: amount.openapi({ description: 'with «nobody can tell»' }),
    bytes_sent: amount,
    fetches: amount.openapi({ description: 'questions to upstreams' }),
    fetches_failed: amount,
    bytes_fetched: amount,
    uploads: amount,
    bytes_uploaded: amount,
  })
  .openapi('Activity')

const root = z.object({ files: amount, bytes: amount })

const stats = z
  .object({
    since: z.iso.datetime(),
    totals: activity,
    hit_rate: z.number().nullable().openapi({
      description: 'share of requests answered from store and cache; null without any',
    }),
    stored: z.object({ hosted: root, cache: root }),
    hours: z.array(z.object({ hour: z.iso.datetime(), ...activity.shape })),
  })
  .openapi('Stats')

const read = apiRoute({
  method: 'get',
  path: '/stats',
  summary: 'Totals, and what happened hour by hour',
  request: {
    query: z.object({ hours: z.coerce.number().int().min(1).max(MAX_HOURS).default(24) }),
  },
  responses: {
    200: {
      description: 'The hours end with the current one and come without gaps',
      content: { 'application/json': { schema: stats } },
    },
  },
})

/** `/stats`. */
export function statsRoutes({
  statistics,
  blobs,
}: {
  readonly statistics: Statistics
  readonly blobs: BlobTable
}) {
  const resource = createResource()
  resource.openapi(read, async (context) => {
    const { hours } = context.req.valid('query')
    const { activity, sinceMs } = await statistics.totals()
    const totals = shown(activity)
    const series = await statistics.hours(hours)
    return context.json(
      {
        since: new Date(sinceMs).toISOString(),
        totals,
        hit_rate: totals.requests === 0 ? null : (totals.hosted + totals.cache) / totals.requests,
        stored: { hosted: stored(blobs, 'hosted'), cache: stored(blobs, 'cache') },
        hours: series.map(({ hour, ...activity }) => ({
          hour: new Date(hour * HOUR_MS).toISOString(),
          ...shown(activity),
        })),
      },
      200,
    )
  })
  return resource
}

function shown(activity: Activity) {
  const { hosted, cache, upstream, absent, trouble } = activity
  return { requests: hosted + cache + upstream + absent + trouble, ...activity }
}

function stored(blobs: BlobTable, root: 'hosted' | 'cache') {
  const { blobs: files, bytes } = blobs.totals(root)
  return { files, bytes }
}
