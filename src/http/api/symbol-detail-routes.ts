import { z } from '@hono/zod-openapi'
import { describeBlob, type BlobPlaces } from '../../lookup/describe-blob.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'

/** Names and ids are shorter. */
const MAX_PATH = 2000

const detail = z
  .object({
    path: z.string(),
    root: z.enum(['hosted', 'cache']),
    kind: z.string().nullable().openapi({ description: 'null: nothing that is known' }),
    arch: z.string().nullable(),
    debug_id: z.string().nullable(),
    code_id: z.string().nullable(),
    build_id: z.string().nullable(),
    keys: z.array(z.string()).openapi({ description: 'every path that it answers' }),
    note: z.string().nullable().openapi({ description: 'why it could not be read' }),
  })
  .openapi('SymbolDetail')

const read = apiRoute({
  method: 'get',
  path: '/symbols/detail',
  summary: 'What a stored file is, read again from its content',
  request: {
    query: z.object({
      root: z.enum(['hosted', 'cache']),
      path: z.string().max(MAX_PATH).openapi({ description: 'as `/symbols` lists it' }),
    }),
  },
  responses: {
    200: {
      description: 'All that identifies it',
      content: { 'application/json': { schema: detail } },
    },
    404: { description: 'There is no such file' },
  },
})

/** `/symbols/detail`. */
export function symbolDetailRoutes(places: BlobPlaces) {
  const resource = createResource()
  resource.openapi(read, async (context) => {
    const { root, path } = context.req.valid('query')
    const found = await describeBlob(root, path, places)
    const accepted = found.status === 'accept' ? found : undefined
    return context.json(
      {
        path,
        root,
        kind: (found.status === 'skip' ? undefined : found.kind) ?? null,
        arch: accepted?.arch ?? null,
        debug_id: accepted?.debugId ?? null,
        code_id: accepted?.codeId ?? null,
        build_id: accepted?.buildId ?? null,
        keys: [...(accepted?.keys ?? [])],
        note: found.status === 'accept' ? null : found.reason,
      },
      200,
    )
  })
  return resource
}
