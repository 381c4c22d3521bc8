import { z } from '@hono/zod-openapi'
import type { TokenInfo, TokenService } from '../../access/token-service.ts'
import { parseDuration } from '../../lib/parse-duration.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'
import { listOf } from './list-of.ts'
import { listQuery } from './list-query.ts'
import { pageOf } from './page-of.ts'

/** A hundred years: beyond the year 275760 there are no dates. */
const MAX_LIFE_MS = 36_500 * 86_400_000

const scope = z.enum(['download', 'upload', 'admin'])

const patterns = z
  .array(z.string())
  .openapi({ description: 'patterns with * and ? of what it may upload; empty: everything' })

const token = z
  .object({
    id: z.string(),
    scope,
    name: z.string(),
    tags: patterns,
    names: patterns,
    created: z.iso.datetime(),
    expires: z.iso.datetime().nullable(),
    last_used: z.iso.datetime().nullable(),
  })
  .openapi('Token')

const expires = z
  .string()
  .transform((text, context) => {
    const life = parseDuration(text)
    if (life !== undefined && life > 0 && life <= MAX_LIFE_MS) return life
    context.addIssue('a duration such as 90d or 12h, at most 36500d')
    return z.NEVER
  })
  .openapi({ type: 'string', description: 'how long it is to be valid', example: '90d' })

const newToken = z.strictObject({
  scope,
  name: z.string().max(200).default(''),
  expires: expires.nullish(),
  tags: patterns.default([]),
  names: patterns.default([]),
})

const list = apiRoute({
  method: 'get',
  path: '/tokens',
  summary: 'All tokens, the oldest first',
  request: { query: listQuery },
  responses: {
    200: {
      description: 'Never their secrets',
      content: { 'application/json': { schema: listOf(token) } },
    },
  },
})

const create = apiRoute({
  method: 'post',
  path: '/tokens',
  summary: 'Makes a token',
  request: {
    body: { required: true, content: { 'application/json': { schema: newToken } } },
  },
  responses: {
    201: {
      description: '`token` is its text, which can be had only now',
      content: {
        'application/json': {
          schema: z.object({ ...token.shape, token: z.string() }).openapi('NewToken'),
        },
      },
    },
  },
})

const revoke = apiRoute({
  method: 'delete',
  path: '/tokens/{id}',
  summary: 'Makes a token worthless from now on',
  request: { params: z.object({ id: z.string() }) },
  responses: { 204: { description: 'It is revoked' } },
})

/** `/tokens`. */
export function tokenRoutes({ tokens }: { readonly tokens: TokenService }) {
  const resource = createResource()
  resource.openapi(list, (context) => {
    const { items, next } = pageOf(tokens.list(), positionOf, context.req.valid('query'))
    return context.json({ items: items.map(shown), next }, 200)
  })
  resource.openapi(create, (context) => {
    const { expires, ...wanted } = context.req.valid('json')
    const made = tokens.create({ ...wanted, expiresInMs: expires ?? undefined })
    return context.json({ ...shown(made.token), token: made.text }, 201)
  })
  resource.openapi(revoke, (context) => {
    tokens.revoke(context.req.valid('param').id)
    return context.body(null, 204)
  })
  return resource
}

/** Sorts as the list is sorted: by time, then id. */
function positionOf({ createdAtMs, id }: TokenInfo): string {
  return `${new Date(createdAtMs).toISOString()} ${id}`
}

function shown({ createdAtMs, expiresAtMs, lastUsedAtMs, ...token }: TokenInfo) {
  const { id, scope, name, tags, names } = token
  return {
    id,
    scope,
    name,
    tags: [...tags],
    names: [...names],
    created: new Date(createdAtMs).toISOString(),
    expires: expiresAtMs === undefined ? null : new Date(expiresAtMs).toISOString(),
    last_used: lastUsedAtMs === undefined ? null : new Date(lastUsedAtMs).toISOString(),
  }
}
