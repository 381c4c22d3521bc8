import { z } from '@hono/zod-openapi'
import type { PresenceCheck } from '../../ingest/presence-check.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'

/** Files of one question: each costs a few lookups, and agents ask again for the next. */
const MAX_FILES = 10_000

const asked = z.object({
  path: z.string().max(4096).openapi({
    description: 'symbol path',
    example: 'app.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/app.pdb',
  }),
  size: z.number().int().min(0),
  sha256: z.string().regex(/^[\da-f]{64}$/i, '64 hexadecimal digits'),
})

const ask = apiRoute(
  {
    method: 'post',
    path: '/exists',
    summary: 'Which of these files are hosted',
    request: {
      body: {
        required: true,
        content: {
          'application/json': { schema: z.object({ files: z.array(asked).max(MAX_FILES) }) },
        },
      },
    },
    responses: {
      200: {
        description: 'The state of each file, in their order',
        content: {
          'application/json': {
            schema: z.object({ files: z.array(z.enum(['present', 'absent', 'different'])) }),
          },
        },
      },
    },
  },
  'upload',
)

/** `/exists`, for agents that want to send only what is missing. */
export function existsRoutes({ presence }: { readonly presence: PresenceCheck }) {
  const resource = createResource()
  resource.openapi(ask, async (context) => {
    const { files } = context.req.valid('json')
    return context.json({ files: [...(await presence.check(files))] }, 200)
  })
  return resource
}
