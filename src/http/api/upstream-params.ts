import { z } from '@hono/zod-openapi'

/** The path parameter of everything that belongs to one upstream: its id, which is its name. */
export const upstreamParams = z.object({ id: z.string() })
