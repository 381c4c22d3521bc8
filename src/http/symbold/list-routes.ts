import { Hono, type Context } from 'hono'
import * as z from 'zod'
import type { SkipRecord } from '../../db/skip-table.ts'
import { AppError } from '../../lib/app-error.ts'
import type { PatternList } from '../../lookup/upstream-administration.ts'
import type { ApiEnv } from '../api/api-env.ts'
import { numberedPage } from './numbered-page.ts'
import { paging } from './paging.ts'
import { readJson } from './read-json.ts'
import type { SymboldOptions } from './symbold-options.ts'

const LISTS: Readonly<Record<string, PatternList>> = {
  whitelist: 'allowlist',
  blacklist: 'blocklist',
}

/** Two `--name` make a list within the list. */
const names = z
  .object({ model: z.array(z.union([z.string().min(1), z.array(z.string().min(1))])).min(1) })
  .transform(({ model }) => model.flat())

/** What an entry of a list of names is removed by: the path does not say on whose list it is. */
const entryId = z.tuple([z.string(), z.string()])

/** `symbold whitelist`, `blacklist`, `skiplist` and `symbolserver logs`. */
export function listRoutes(options: SymboldOptions): Hono<ApiEnv> {
  const { registry, upstreams, skips, upstreamHistory } = options
  const routes = new Hono<ApiEnv>()
  for (const [word, list] of Object.entries(LISTS)) {
    const shown = (server: string, context: Context): object => {
      const items = upstreams
        .patterns(server, list)
        .toSorted()
        .map((name) => ({ id: toId(server, name), name }))
      return numberedPage(items, paging(context.req.query()))
    }
    routes.get(`/${word}/:server`, (context) =>
      context.json(shown(context.req.param('server'), context)),
    )
    routes.post(`/${word}/:server`, async (context) => {
      const server = context.req.param('server')
      upstreams.addPatterns(server, list, await readJson(context, names))
      return context.json(shown(server, context))
    })
    routes.delete(`/${word}/:item`, (context) => {
      const [server, name] = fromId(context.req.param('item'))
      upstreams.removePattern(server, list, name)
      return context.json({ deleted: name })
    })
  }

  const skipped = (server: string, text?: string): readonly SkipRecord[] =>
    skips.list(server, registry.get(server).spec.rules.skip, text)
  const removeAll = (context: Context, found: readonly SkipRecord[]): Response => {
    skips.remove(found)
    return context.json({ deleted: found.length })
  }
  routes.get('/skiplist/:server', (context) =>
    context.json(
      numberedPage(skipped(context.req.param('server')).map(toSkip), paging(context.req.query())),
    ),
  )
  routes.get('/skiplist/:server/text/:text', (context) => {
    const found = skipped(context.req.param('server'), context.req.param('text'))
    return context.json(numberedPage(found.map(toSkip), paging(context.req.query())))
  })
  routes.delete('/skiplist/:server/all', (context) =>
    removeAll(context, skipped(context.req.param('server'))),
  )
  routes.delete('/skiplist/:server/text/:text', (context) =>
    removeAll(context, skipped(context.req.param('server'), context.req.param('text'))),
  )
  routes.delete('/skiplist/:item', (context) => {
    const id = context.req.param('item')
    const found = registry
      .list()
      .flatMap(({ spec }) => skipped(spec.name))
      .filter((skip) => String(skip.id) === id)
    if (found.length === 0) throw new AppError('not_found', `no skip list has an entry ${id}`)
    return removeAll(context, found)
  })

  for (const path of ['/logs/symbolserver/:server', '/logs/symbolserver/:server/text']) {
    routes.get(path, (context) => {
      const { spec } = registry.get(context.req.param('server') ?? '')
      const part = context.req.query('text') ?? ''
      const { page, take, skip } = paging(context.req.query())
      const found = upstreamHistory.find(spec.name, part, Number.MAX_SAFE_INTEGER, skip + take)
      const items = found.slice(skip).map(({ id, atMs, path: symbol, outcome, text }) => ({
        id: String(id),
        time: new Date(atMs).toISOString(),
        symbol,
        outcome,
        message: text,
      }))
      return context.json({ page, take, items })
    })
  }
  return routes
}

function toSkip({ id, path, failedFills, lastFailedAtMs, cause }: SkipRecord): object {
  const time = new Date(lastFailedAtMs).toISOString()
  return { id: String(id), name: path, failures: failedFills, lastFailed: time, cause }
}

function toId(server: string, name: string): string {
  return Buffer.from(JSON.stringify([server, name])).toString('base64url')
}

function fromId(id: string): readonly [string, string] {
  try {
    return entryId.parse(JSON.parse(Buffer.from(id, 'base64url').toString('utf8')))
  } catch (cause) {
    throw new AppError('not_found', `no list has an entry ${id}`, { cause })
  }
}
