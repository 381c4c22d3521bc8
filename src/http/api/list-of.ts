import { z } from '@hono/zod-openapi'

/** The schema of a list's answer; `next` is the cursor of the page that follows, null at the end. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() })
}
