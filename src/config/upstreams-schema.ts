import * as z from 'zod'
import { leaves } from './leaves.ts'
import { ruleKeys } from './rule-keys.ts'

const url = z
  .unknown()
  .refine((value) => !/^[a-z]+:\/\/[^/?#]*@/i.test(String(value)), {
    error: 'a URL without user name and password, as credentials for upstreams do not exist yet',
  })
  .pipe(leaves.httpUrl)

const upstream = z.strictObject({
  name: leaves.upstreamName,
  type: z.enum(['http']).prefault('http'),
  url,
  public: leaves.flag.prefault(false),
  enabled: leaves.flag.prefault(true),
  ...ruleKeys,
  timeouts: z
    .strictObject({
      connect: leaves.timeout.prefault('5s'),
      first_byte: leaves.timeout.prefault('30s'),
      idle: leaves.timeout.prefault('30s'),
      total: leaves.timeout.prefault(0),
    })
    .prefault({}),
  misses: z
    .strictObject({
      retry_after: leaves.duration.optional(),
    })
    .prefault({}),
  // Some symbol servers answer only to what looks like a debugger.
  user_agent: leaves.userAgent.prefault('Microsoft-Symbol-Server/10.0.0.0'),
})

/** Schema of the list `upstreams`; no two of them share a name. */
export const upstreamsSchema = z.array(upstream).superRefine((upstreams, context) => {
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
