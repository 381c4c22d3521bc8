import { z } from '@hono/zod-openapi'
import { listQuery } from './list-query.ts'

/** Longest search text. */
const MAX_TEXT = 1000

/** As `listQuery`, with a search text. */
export const searchQuery = listQuery.extend({
  q: z.string().max(MAX_TEXT).optional().openapi({ description: 'text to search for' }),
})
