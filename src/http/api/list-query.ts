import { z } from '@hono/zod-openapi'

/** Longest cursor; ours are shorter. */
const MAX_CURSOR = 1000

/** The query parameters of every list: where to go on, and how many items at most. */
export const listQuery = z.object({
  cursor: z
    .string()
    .max(MAX_CURSOR)
    .optional()
    .openapi({ description: '`next` of the page before' }),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})
