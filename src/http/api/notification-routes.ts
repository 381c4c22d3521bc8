import { z } from '@hono/zod-openapi'
import type { NotificationTable } from '../../db/notification-table.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'
import { decodeCursor } from './decode-cursor.ts'
import { encodeCursor } from './encode-cursor.ts'
import { listOf } from './list-of.ts'
import { listQuery } from './list-query.ts'

const notification = z
  .object({
    id: z.number().int(),
    channel: z.string().openapi({ description: 'where it goes' }),
    event: z.string(),
    upload: z.string().nullable(),
    state: z.enum(['waiting', 'sent', 'given_up']),
    attempts: z.number().int(),
    error: z.string().nullable().openapi({ description: 'what was wrong the last time' }),
    created: z.iso.datetime(),
    at: z.iso.datetime().openapi({ description: 'when it is tried next, or was over' }),
  })
  .openapi('Notification')

const list = apiRoute({
  method: 'get',
  path: '/notifications',
  summary: 'Notifications that wait, and the last thousand that are over; the newest first',
  request: { query: listQuery },
  responses: {
    200: {
      description: 'Without what they say',
      content: { 'application/json': { schema: listOf(notification) } },
    },
  },
})

/** `/notifications`. */
export function notificationRoutes({
  notifications,
}: {
  readonly notifications: NotificationTable
}) {
  const resource = createResource()
  resource.openapi(list, (context) => {
    const { cursor, limit } = context.req.valid('query')
    const [before = Number.MAX_SAFE_INTEGER] = decodeCursor(cursor, z.tuple([z.number()])) ?? []
    const records = notifications.list(before, limit + 1)
    const page = records.slice(0, limit)
    const last = records.length > limit ? page.at(-1) : undefined
    const items = page.map(({ id, label, event, packageId, state, attempts, ...rest }) => ({
      id,
      channel: label,
      event,
      upload: packageId ?? null,
      state,
      attempts,
      error: rest.error ?? null,
      created: new Date(rest.createdAtMs).toISOString(),
      at: new Date(rest.atMs).toISOString(),
    }))
    return context.json({ items, next: last === undefined ? null : encodeCursor([last.id]) }, 200)
  })
  return resource
}
