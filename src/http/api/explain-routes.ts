import { z } from '@hono/zod-openapi'
import { explainLookup, type ExplainOptions } from '../../lookup/explain-lookup.ts'
import { AppError } from '../../lib/app-error.ts'
import { matchSymbolRequest } from '../download/symbol-request.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'

/** The longest path that is no symbol path any more, and some room for a server's address before it. */
const MAX_PATH = 9000

const explanation = z
  .object({
    path: z.string().openapi({ description: 'as it is filed, in SymStore’s casing' }),
    form: z.string(),
    result: z.string().openapi({
      description:
        '`hosted`, `cache`, `ask`: upstreams would be asked; or the word of X-Symgate-Miss',
    }),
    stored: z
      .object({ root: z.enum(['hosted', 'cache']), path: z.string(), size: z.number().int() })
      .nullable(),
    steps: z.array(z.object({ title: z.string(), text: z.string() })),
    upstreams: z.array(
      z.object({
        name: z.string(),
        priority: z.number().int(),
        verdict: z.string().openapi({ description: '`ask`, or why not, as in X-Symgate-Miss' }),
        because: z.string(),
      }),
    ),
  })
  .openapi('Explanation')

const read = apiRoute({
  method: 'get',
  path: '/explain',
  summary: 'How a lookup would go, step by step, upstream by upstream; nothing is fetched',
  request: {
    query: z.object({
      path: z.string().min(1).max(MAX_PATH).openapi({
        description: 'a symbol path, or a whole URL of one',
        example: 'a.pdb/1234…/a.pdb',
      }),
    }),
  },
  responses: {
    200: {
      description: 'What would happen now',
      content: { 'application/json': { schema: explanation } },
    },
  },
})

/** `/explain`. */
export function explainRoutes(options: ExplainOptions) {
  const resource = createResource()
  resource.openapi(read, async (context) => {
    const { path: text } = context.req.valid('query')
    const match = matchSymbolRequest(targetOf(text))
    if (match.kind === 'malformed') {
      const steps = [
        {
          title: 'Path',
          text: 'the name is hostile or the id bogus: 404 at once, nobody is asked',
        },
      ]
      const answer = { path: text, form: 'malformed', result: 'malformed', stored: null }
      return context.json({ ...answer, steps, upstreams: [] }, 200)
    }
    if (match.kind !== 'symbol') {
      throw new AppError(
        'request_invalid',
        `path is ${JSON.stringify(text.slice(0, 80))}; allowed: a symbol path, name/id/file`,
      )
    }
    const { steps, upstreams, blob, result } = await explainLookup(match.path, options)
    return context.json(
      {
        path: match.path.storePath,
        form: match.path.form,
        result,
        stored: blob === undefined ? null : { root: blob.root, path: blob.key, size: blob.size },
        steps: [...steps],
        upstreams: [...upstreams],
      },
      200,
    )
  })
  return resource
}

/** People paste what they have: a path with or without slash, one of Windows, or a whole address. */
function targetOf(text: string): string {
  const path = text.trim().replaceAll('\\', '/').replaceAll(' ', '%20')
  return /^https?:\/\//i.test(path) || path.startsWith('/') ? path : `/${path}`
}
