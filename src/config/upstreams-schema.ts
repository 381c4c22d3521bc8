import * as z from 'zod'
import { upstreamSchema } from './upstream-schema.ts'

/** Schema of the list `upstreams`; no two of them share a name. */
export const upstreamsSchema = z.array(upstreamSchema).superRefine((upstreams, context) => {
  const seen = new Set<string>()
  for (const [index, { name }] of upstreams.entries()) {
    if (seen.has(name)) {
      context.addIssue({
        code: 'custom',
        path: [index, 'name'],
        message: 'a name that no other upstream has',
      })
    }
    seen.add(name)
  }
})
