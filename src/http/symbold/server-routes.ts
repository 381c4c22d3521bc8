import { Hono, type Context } from 'hono'
import type { RegisteredUpstream } from '../../lookup/upstream-registry.ts'
import type { ApiEnv } from '../api/api-env.ts'
import { numberedPage } from './numbered-page.ts'
import { paging } from './paging.ts'
import { readJson } from './read-json.ts'
import { serverBody } from './server-body.ts'
import { serverName } from './server-name.ts'
import { shownServer } from './shown-server.ts'
import type { SymboldOptions } from './symbold-options.ts'
import { writtenServer } from './written-server.ts'

/** `symbold status` and `symbold symbolserver`. There is one list of servers here, for all universes and projects. */
export function serverRoutes({
  registry,
  upstreams,
  policy,
  upstreamHistory,
  prefetch,
}: SymboldOptions): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  const shown = (upstream: RegisteredUpstream): Record<string, unknown> =>
    shownServer(upstream, policy.state(upstream), upstreamHistory.statistics(upstream.spec.name))
  const place = (context: Context): object => ({
    universeName: context.req.param('universe'),
    projectName: context.req.param('project') ?? null,
  })

  for (const scope of ['/universe/:universe', '/universe/:universe/project/:project']) {
    routes.get(`/status${scope}`, (context) => {
      const servers = registry.list().map(shown)
      return context.json({ ...place(context), queue: prefetch.counts(), servers })
    })
    routes.get(`/symbolserver${scope}`, (context) => {
      const servers = registry.list().map(shown)
      return context.json({
        ...place(context),
        ...numberedPage(servers, paging(context.req.query())),
      })
    })
    routes.post(`/symbolserver${scope}`, async (context) => {
      const body = await readJson(context, serverBody)
      const taken = new Set(registry.list().map(({ spec }) => spec.name))
      const name = serverName(body, (candidate) => taken.has(candidate))
      const { written, ignored } = writtenServer(body)
      const added = await upstreams.add({ ...written, name }, body.force === true)
      return context.json({ ...place(context), ...shown(added), ignored }, 201)
    })
  }
  routes.get('/symbolserver/details/:id', (context) =>
    context.json(shown(registry.get(context.req.param('id')))),
  )
  routes.put('/symbolserver/:id', async (context) => {
    const id = context.req.param('id')
    const body = await readJson(context, serverBody)
    const { written, ignored } = writtenServer(body)
    const changed = await upstreams.change(id, written, body.force === true)
    // An address of a name stays the same, so that what was learned under it does.
    const renamed = body.name && body.name !== id ? { name: 'a name cannot be changed' } : {}
    return context.json({ ...shown(changed), ignored: { ...ignored, ...renamed } })
  })
  routes.delete('/symbolserver/:id', async (context) => {
    await upstreams.remove(context.req.param('id'))
    return context.json({ deleted: context.req.param('id') })
  })
  routes.put('/symbolserver/:id/:change{enable|disable}', async (context) => {
    const isEnabled = context.req.param('change') === 'enable'
    const changed = await upstreams.change(context.req.param('id'), { enabled: isEnabled }, true)
    return context.json(shown(changed))
  })
  return routes
}
