import { Hono } from 'hono'
import * as z from 'zod'
import type { PrefetchRecord } from '../../db/prefetch-table.ts'
import type { ApiEnv } from '../api/api-env.ts'
import { readJson } from './read-json.ts'
import type { SymboldOptions } from './symbold-options.ts'

/** Rows that a client gets which cannot ask for pages. */
const MAX_EVENTS = 1000

const MAX_SYMBOLS = 10_000

/** The crash that wants the symbols is nothing to us. */
const addition = z.looseObject({ missingSymbols: z.array(z.string()).max(MAX_SYMBOLS) })

/** `symbold queue`, which is the queue of files to fetch ahead. */
export function queueRoutes({ prefetch }: Pick<SymboldOptions, 'prefetch'>): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  const latest = (): readonly PrefetchRecord[] => prefetch.list(Number.MAX_SAFE_INTEGER, MAX_EVENTS)
  const size = (): number => {
    const { waiting, running } = prefetch.counts()
    return waiting + running
  }
  routes.get('/queue/events', (context) => context.json({ items: latest().map(toEvent) }))
  routes.get('/queue/events/count', (context) => context.json({ count: size() }))
  routes.get('/queue/missingSymbols', (context) => {
    const waiting = latest().filter(({ state }) => state === 'waiting')
    return context.json({ items: waiting.map(({ path }) => nameAndId(path)) })
  })
  routes.post('/queue/add', async (context) => {
    const { missingSymbols } = await readJson(context, addition)
    const { added, rejected } = await prefetch.add(missingSymbols.map(toPath))
    const ignored = { objectId: 'there are no crashes here', position: 'the queue has one order' }
    return context.json({ added, rejected, count: size(), ignored })
  })
  return routes
}

/** `app.pdb,<id>` is the file of that name. */
function toPath(symbol: string): string {
  const comma = symbol.lastIndexOf(',')
  const name = symbol.slice(0, comma).trim()
  return comma < 0 ? symbol : `${name}/${symbol.slice(comma + 1).trim()}/${name}`
}

function nameAndId(path: string): string {
  const [name = '', id = ''] = path.split('/')
  return `${name},${id}`
}

function toEvent({ id, path, state, reason, addedAtMs, finishedAtMs }: PrefetchRecord): object {
  return {
    id: String(id),
    missingSymbols: [nameAndId(path)],
    state,
    reason,
    added: new Date(addedAtMs).toISOString(),
    finished: finishedAtMs === null ? null : new Date(finishedAtMs).toISOString(),
  }
}
