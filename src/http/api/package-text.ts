import { z } from '@hono/zod-openapi'

/** A text that is said of a package, as uploads may state it. */
export const packageText = z
  .string()
  .max(1000)
  .regex(/^\P{Cc}*$/u, 'text without control characters')
