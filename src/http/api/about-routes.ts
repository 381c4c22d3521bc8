import { z } from '@hono/zod-openapi'
import { checkReadiness, type ReadinessCheck } from '../check-readiness.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'

const about = z
  .object({
    version: z.string(),
    node: z.string(),
    platform: z.string(),
    started: z.iso.datetime(),
    memory_bytes: z.number().int(),
    ready: z.boolean(),
    checks: z.record(z.string(), z.string()).openapi({ description: '`ok`, or what is wrong' }),
    tools: z
      .record(z.string(), z.string())
      .openapi({ description: 'optional programs: their version, or what is missing' }),
  })
  .openapi('About')

export interface AboutOptions {
  readonly version: string
  readonly readiness: readonly ReadinessCheck[]
  /** Optional programs, and their version or what is missing. */
  readonly tools: Readonly<Record<string, string>>
}

const read = apiRoute({
  method: 'get',
  path: '/about',
  summary: 'Versions and health',
  responses: {
    200: { description: 'As it is now', content: { 'application/json': { schema: about } } },
  },
})

/** `/about`. */
export function aboutRoutes({ version, readiness, tools }: AboutOptions) {
  const started = new Date(Date.now() - process.uptime() * 1000).toISOString()
  const resource = createResource()
  resource.openapi(read, async (context) =>
    context.json(
      {
        version,
        node: process.version,
        platform: `${process.platform} ${process.arch}`,
        started,
        memory_bytes: process.memoryUsage.rss(),
        ...(await checkReadiness(readiness)),
        tools: { ...tools },
      },
      200,
    ),
  )
  return resource
}
