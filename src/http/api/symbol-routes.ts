import { z } from '@hono/zod-openapi'
import type { SymbolPosition, SymbolRecord, SymbolSearch } from '../../db/symbol-search.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'
import { decodeCursor } from './decode-cursor.ts'
import { encodeCursor } from './encode-cursor.ts'
import { listOf } from './list-of.ts'
import { searchQuery } from './search-query.ts'

const root = z.enum(['hosted', 'cache'])

const symbol = z
  .object({
    path: z.string().openapi({ example: 'app.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/app.pdb' }),
    name: z.string(),
    id: z.string(),
    file: z.string(),
    kind: z.string(),
    size: z.number().int(),
    root,
    upstream: z.string().nullable().openapi({ description: 'where a cached file came from' }),
    sha256: z.string().nullable().openapi({ description: 'of hosted files' }),
    arrived: z.iso.datetime(),
    hits: z.number().int(),
    last_used: z.iso.datetime().nullable(),
    packages: z
      .array(z.object({ id: z.string(), tag: z.string() }))
      .openapi({ description: 'the newest that hold it, five at most' }),
  })
  .openapi('Symbol')

const list = apiRoute({
  method: 'get',
  path: '/symbols',
  summary: 'Stored files; a page may hold fewer than `limit` and not be the last',
  request: {
    query: searchQuery.extend({
      q: searchQuery.shape.q.openapi({
        description: 'text in the path `name/id/file`, in any case',
      }),
      tag: z.string().optional().openapi({ description: 'only what packages of this tag hold' }),
    }),
  },
  responses: {
    200: {
      description: 'In the order of paths; those of a tag from its newest package on',
      content: { 'application/json': { schema: listOf(symbol) } },
    },
  },
})

const position = z.union([z.tuple([root, z.string()]), z.tuple([z.string(), z.number()])])

/** `/symbols`. */
export function symbolRoutes({ symbols }: { readonly symbols: SymbolSearch }) {
  const resource = createResource()
  resource.openapi(list, async (context) => {
    const { q, tag, cursor, limit } = context.req.valid('query')
    const page = await symbols.list({
      text: q === undefined ? undefined : inKeySpelling(q),
      tag,
      after: fromCursor(cursor),
      limit,
    })
    const next = page.next === undefined ? null : toCursor(page.next)
    return context.json({ items: page.symbols.map(toSymbol), next }, 200)
  })
  return resource
}

/** GUIDs have no dashes in keys, and paths no backslashes. */
function inKeySpelling(text: string): string {
  return text
    .trim()
    .replaceAll('\\', '/')
    .replaceAll(/[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/gi, (guid) => guid.replaceAll('-', ''))
}

function fromCursor(cursor: string | undefined): SymbolPosition | undefined {
  const [first, second] = decodeCursor(cursor, position) ?? []
  if (first === undefined || second === undefined) return undefined
  if (typeof second === 'number') return { packageId: first, file: second }
  return { root: root.parse(first), key: second }
}

function toCursor(at: SymbolPosition): string {
  return encodeCursor('key' in at ? [at.root, at.key] : [at.packageId, at.file])
}

function toSymbol(record: SymbolRecord): z.output<typeof symbol> {
  const { key, kind, size, etag, source, hits, lastUsedMs } = record
  const [name = '', id = '', ...file] = key.split('/')
  return {
    path: key,
    name,
    id,
    file: file.join('/'),
    kind,
    size,
    root: record.root,
    upstream: source ?? null,
    sha256: record.root === 'hosted' ? etag : null,
    arrived: new Date(record.modifiedAtMs).toISOString(),
    hits,
    last_used: lastUsedMs === undefined ? null : new Date(lastUsedMs).toISOString(),
    packages: [...record.packages],
  }
}
