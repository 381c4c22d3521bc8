import { z } from '@hono/zod-openapi'
import { parseDuration } from '../../lib/parse-duration.ts'

/** A time in a query, or a duration until now; in milliseconds since 1970. */
export function timeParameter(description: string) {
  return z
    .string()
    .transform((text, context) => {
      const age = parseDuration(text)
      const time = age === undefined ? Date.parse(text) : Date.now() - age
      if (Number.isFinite(time)) return time
      context.addIssue('a time such as 2026-01-05T10:00:00Z, or a duration such as 24h')
      return z.NEVER
    })
    .openapi({ type: 'string', description: `${description}: a time, or a duration until now` })
    .optional()
}
