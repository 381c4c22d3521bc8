import { z } from '@hono/zod-openapi'
import type { PatternList, UpstreamAdministration } from '../../lookup/upstream-administration.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'
import { listOf } from './list-of.ts'
import { listQuery } from './list-query.ts'
import { pageOf } from './page-of.ts'
import { upstreamParams as params } from './upstream-params.ts'

const MAX_AT_ONCE = 10_000

const entry = z.object({ id: z.string(), pattern: z.string() }).openapi('PatternEntry')
const entryParams = params.extend({ entryId: z.string() })
const content = { 'application/json': { schema: listOf(entry) } }
const patterns = z.strictObject({
  patterns: z.array(z.string().min(1).max(300)).min(1).max(MAX_AT_ONCE),
})

/** `/upstreams/{id}/allowlist` and `/upstreams/{id}/blocklist`. */
export function upstreamPatternRoutes({
  upstreams,
}: {
  readonly upstreams: UpstreamAdministration
}) {
  const resource = createResource()
  for (const list of ['allowlist', 'blocklist'] as const) addList(resource, list, upstreams)
  return resource
}

function addList(
  resource: ReturnType<typeof createResource>,
  list: PatternList,
  upstreams: UpstreamAdministration,
): void {
  const what = list === 'allowlist' ? 'it may be asked for' : 'it is never asked for'
  const path = `/upstreams/{id}/${list}`
  const show = apiRoute({
    method: 'get',
    path,
    summary: `The patterns of names that ${what}`,
    request: { params, query: listQuery },
    responses: { 200: { description: 'Sorted', content } },
  })
  const add = apiRoute({
    method: 'post',
    path,
    summary: `Adds patterns, with * for any characters and ? for one, of names that ${what}`,
    request: {
      params,
      body: { required: true, content: { 'application/json': { schema: patterns } } },
    },
    responses: {
      200: { description: 'The first page of the list as it is now', content },
      409: { description: 'The upstream is set in the configuration file' },
    },
  })
  const remove = apiRoute({
    method: 'delete',
    path: `${path}/{entryId}`,
    summary: 'Takes one pattern from the list',
    request: { params: entryParams },
    responses: { 204: { description: 'It is gone' } },
  })
  const page = (name: string, query: z.output<typeof listQuery>) => {
    const entries = upstreams
      .patterns(name, list)
      .toSorted()
      .map((pattern) => ({ id: idOf(pattern), pattern }))
    return pageOf(entries, ({ pattern }) => pattern, query)
  }
  resource.openapi(show, (context) =>
    context.json(page(context.req.valid('param').id, context.req.valid('query')), 200),
  )
  resource.openapi(add, (context) => {
    const { id } = context.req.valid('param')
    upstreams.addPatterns(id, list, context.req.valid('json').patterns)
    return context.json(page(id, { limit: 1000, cursor: undefined }), 200)
  })
  resource.openapi(remove, (context) => {
    const { id, entryId } = context.req.valid('param')
    upstreams.removePattern(id, list, Buffer.from(entryId, 'base64url').toString('utf8'))
    return context.body(null, 204)
  })
}

function idOf(pattern: string): string {
  return Buffer.from(pattern).toString('base64url')
}
