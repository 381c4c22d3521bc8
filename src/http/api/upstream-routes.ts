import { isDeepStrictEqual } from 'node:util'
import { z } from '@hono/zod-openapi'
import type { UpstreamAdministration } from '../../lookup/upstream-administration.ts'
import type { UpstreamPolicy } from '../../lookup/upstream-policy.ts'
import type { RegisteredUpstream, UpstreamRegistry } from '../../lookup/upstream-registry.ts'
import { MORE_SERVERS } from '../../upstream/public-servers.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'
import { listOf } from './list-of.ts'
import { shownUpstream, upstreamSchema } from './shown-upstream.ts'
import { upstreamParams as params } from './upstream-params.ts'

const content = { 'application/json': { schema: upstreamSchema } }

/** What people write: the keys of `upstreams[]` in the configuration, which its own schema checks. */
const written = z.looseObject({ force: z.boolean().optional() }).openapi({
  description:
    'the keys of `upstreams[]` in the configuration file, but for paths on the server’s own disk; `force: true` skips the test of the connection',
  example: { name: 'partner', url: 'https://symbols.example.com', priority: 5 },
})

const body = { required: true, content: { 'application/json': { schema: written } } }
const force = z.object({ force: z.enum(['true', 'false', '1', '0', '']).optional() })

const list = apiRoute({
  method: 'get',
  path: '/upstreams',
  summary: 'All upstreams: of the configuration file, presets, and those that were added',
  responses: {
    200: {
      description: 'In one page; never their secrets',
      content: { 'application/json': { schema: listOf(upstreamSchema) } },
    },
  },
})

const catalogue = apiRoute({
  method: 'get',
  path: '/upstream-catalogue',
  summary: 'Further public servers, each as the body that adds it',
  responses: {
    200: {
      description: 'In one page',
      content: {
        'application/json': {
          schema: listOf(
            z.object({ owner: z.string(), upstream: z.looseObject({ name: z.string() }) }),
          ),
        },
      },
    },
  },
})

const add = apiRoute({
  method: 'post',
  path: '/upstreams',
  summary: 'Adds an upstream, if it answers as a symbol server does',
  request: { body, query: force },
  responses: {
    201: { description: 'It is asked from now on', content },
    409: { description: 'There is one of this name' },
    422: {
      description: 'It does not answer well; the message says how. `force=true` adds it anyway',
    },
  },
})

const get = apiRoute({
  method: 'get',
  path: '/upstreams/{id}',
  summary: 'One upstream',
  request: { params },
  responses: { 200: { description: 'Never its secrets', content } },
})

const change = apiRoute({
  method: 'put',
  path: '/upstreams/{id}',
  summary: 'Changes an upstream; what the body does not name stays as it is, null takes it back',
  request: { params, body, query: force },
  responses: {
    200: { description: 'Has effect at once', content },
    409: { description: 'It is set in the configuration file' },
    422: { description: 'The changed connection does not answer well' },
  },
})

const remove = apiRoute({
  method: 'delete',
  path: '/upstreams/{id}',
  summary: 'Takes an upstream away; what was fetched from it stays',
  request: { params },
  responses: {
    204: { description: 'It is gone' },
    409: { description: 'It is a preset, or set in the configuration file' },
  },
})

const enable = apiRoute({
  method: 'post',
  path: '/upstreams/{id}/enable',
  summary: 'Asks the upstream from now on',
  request: { params },
  responses: { 200: { description: 'It is enabled', content } },
})

const disable = apiRoute({
  method: 'post',
  path: '/upstreams/{id}/disable',
  summary: 'Asks the upstream for nothing from now on',
  request: { params },
  responses: { 200: { description: 'It is disabled', content } },
})

const test = apiRoute({
  method: 'post',
  path: '/upstreams/{id}/test',
  summary: 'Asks the upstream for a file that nobody has; one that answers well ends a pause',
  request: { params },
  responses: {
    200: {
      description: 'Whether it answers as a symbol server does, and what is wrong if not',
      content: {
        'application/json': {
          schema: z.object({
            ok: z.boolean(),
            reason: z.string().nullable(),
            message: z.string().nullable(),
          }),
        },
      },
    },
  },
})

export interface UpstreamRoutesOptions {
  readonly registry: UpstreamRegistry
  readonly upstreams: UpstreamAdministration
  readonly policy: UpstreamPolicy
}

/** The changes without what is sent back just as it was shown, counts and hidden secrets among it. */
function withoutShown(
  changes: Readonly<Record<string, unknown>>,
  shown: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(changes).filter(
      // The state goes on by itself, and nobody sets it.
      ([key, value]) => key !== 'state' && !isDeepStrictEqual(value, shown[key]),
    ),
  )
}

/** `/upstreams` and `/upstreams/{id}`. */
export function upstreamRoutes({ registry, upstreams, policy }: UpstreamRoutesOptions) {
  const resource = createResource()
  const shown = (upstream: RegisteredUpstream) => shownUpstream(upstream, policy.state(upstream))
  resource.openapi(list, (context) =>
    context.json({ items: registry.list().map(shown), next: null }, 200),
  )
  resource.openapi(catalogue, (context) => {
    const items = MORE_SERVERS.map(({ owner, written }) => ({
      owner,
      upstream: { name: '', ...written },
    }))
    return context.json({ items, next: null }, 200)
  })
  resource.openapi(add, async (context) => {
    const { force: inBody, ...upstream } = context.req.valid('json')
    const isForced = inBody === true || isTrue(context.req.valid('query').force)
    return context.json(shown(await upstreams.add(upstream, isForced)), 201)
  })
  resource.openapi(get, (context) =>
    context.json(shown(registry.get(context.req.valid('param').id)), 200),
  )
  resource.openapi(change, async (context) => {
    const { force: inBody, ...changes } = context.req.valid('json')
    const isForced = inBody === true || isTrue(context.req.valid('query').force)
    const { id } = context.req.valid('param')
    const real = withoutShown(changes, shown(registry.get(id)))
    return context.json(shown(await upstreams.change(id, real, isForced)), 200)
  })
  resource.openapi(remove, async (context) => {
    await upstreams.remove(context.req.valid('param').id)
    return context.body(null, 204)
  })
  resource.openapi(enable, async (context) => {
    const { id } = context.req.valid('param')
    return context.json(shown(await upstreams.change(id, { enabled: true }, true)), 200)
  })
  resource.openapi(disable, async (context) => {
    const { id } = context.req.valid('param')
    return context.json(shown(await upstreams.change(id, { enabled: false }, true)), 200)
  })
  resource.openapi(test, async (context) => {
    const result = await upstreams.test(context.req.valid('param').id)
    const { reason, message } = result.kind === 'ok' ? { reason: null, message: null } : result
    return context.json({ ok: result.kind === 'ok', reason, message }, 200)
  })
  return resource
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && value !== 'false' && value !== '0'
}
