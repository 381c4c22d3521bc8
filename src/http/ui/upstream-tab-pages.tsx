import { Hono, type Context } from 'hono'
import { ApiRefusal } from './api-refusal.ts'
import { UpstreamLogsPage } from './pages/upstream-logs-page.tsx'
import { UpstreamPatternsPage } from './pages/upstream-patterns-page.tsx'
import { UpstreamSkipsPage } from './pages/upstream-skips-page.tsx'
import {
  UpstreamStatisticsPage,
  type UpstreamStatistics,
} from './pages/upstream-statistics-page.tsx'
import type { ShownUpstream } from './shown-upstream.ts'
import type { UiEnv } from './ui-env.ts'

const PER_PAGE = 100

type List<Component> = Component extends (properties: infer Properties) => unknown
  ? Properties extends { readonly items: infer Items }
    ? { readonly items: Items; readonly next: string | null }
    : never
  : never

/** What belongs to one upstream: statistics, allow list, block list, skip list, log. */
export function upstreamTabPages(): Hono<UiEnv> {
  const app = new Hono<UiEnv>()
  app.get('/upstreams/:id', async (context) => {
    const { api, frame } = context.var
    const path = pathOf(context)
    const [upstream, statistics] = await Promise.all([
      api.get<ShownUpstream>(path),
      api.get<UpstreamStatistics>(`${path}/stats`),
    ])
    return context.html(
      <UpstreamStatisticsPage frame={frame()} upstream={upstream} statistics={statistics} />,
    )
  })
  for (const list of ['allowlist', 'blocklist'] as const) {
    const show = async (context: Context<UiEnv>, problem?: string): Promise<Response> => {
      const { api, frame, form } = context.var
      const query = context.req.query()
      const path = pathOf(context)
      const [upstream, found] = await Promise.all([
        api.get<ShownUpstream>(path),
        api.get<List<typeof UpstreamPatternsPage>>(`${path}/${list}`, {
          cursor: query['cursor'],
          limit: PER_PAGE,
        }),
      ])
      const page = (
        <UpstreamPatternsPage
          frame={frame()}
          upstream={upstream}
          list={list}
          {...found}
          query={query}
          problem={problem}
          typed={problem === undefined ? undefined : form['patterns']}
        />
      )
      return context.html(page, problem === undefined ? 200 : 422)
    }
    app.get(`/upstreams/:id/${list}`, async (context) => await show(context))
    app.post(`/upstreams/:id/${list}`, async (context) => {
      const { api, notify, form } = context.var
      const lines = (form['patterns'] ?? '').split('\n').map((line) => line.trim())
      const patterns = lines.filter((line) => line !== '')
      try {
        await api.send('POST', `${pathOf(context)}/${list}`, { body: { patterns } })
      } catch (error) {
        if (!(error instanceof ApiRefusal)) throw error
        return await show(context, error.message)
      }
      notify(
        patterns.length === 1 ? 'One pattern is added.' : `${patterns.length} patterns are added.`,
      )
      return context.redirect(back(context, list), 303)
    })
    app.post(`/upstreams/:id/${list}/remove`, async (context) => {
      const { api, notify, form } = context.var
      await api.send(
        'DELETE',
        `${pathOf(context)}/${list}/${encodeURIComponent(form['entry'] ?? '')}`,
      )
      notify('The pattern is removed.')
      return context.redirect(back(context, list), 303)
    })
  }
  app.get('/upstreams/:id/skiplist', async (context) => {
    const { api, frame } = context.var
    const query = context.req.query()
    const { q, cursor } = query
    const path = pathOf(context)
    const [upstream, found] = await Promise.all([
      api.get<ShownUpstream>(path),
      api.get<List<typeof UpstreamSkipsPage>>(`${path}/skiplist`, { q, cursor, limit: PER_PAGE }),
    ])
    return context.html(
      <UpstreamSkipsPage frame={frame()} upstream={upstream} {...found} query={query} />,
    )
  })
  app.post('/upstreams/:id/skiplist/remove', async (context) => {
    const { api, notify, form } = context.var
    const path = `${pathOf(context)}/skiplist`
    const { entry, q, all } = form
    if (entry === undefined) {
      const { removed } = await api.send<{ removed: number }>('DELETE', path, { query: { q, all } })
      notify(removed === 1 ? 'One entry is removed.' : `${removed} entries are removed.`)
    } else {
      await api.send('DELETE', `${path}/${encodeURIComponent(entry)}`)
      notify('The entry is removed.')
    }
    return context.redirect(back(context, 'skiplist'), 303)
  })
  app.get('/upstreams/:id/logs', async (context) => {
    const { api, frame } = context.var
    const query = context.req.query()
    const { q, cursor } = query
    const path = pathOf(context)
    const [upstream, found] = await Promise.all([
      api.get<ShownUpstream>(path),
      api.get<List<typeof UpstreamLogsPage>>(`${path}/logs`, { q, cursor, limit: PER_PAGE }),
    ])
    return context.html(
      <UpstreamLogsPage frame={frame()} upstream={upstream} {...found} query={query} />,
    )
  })
  return app
}

function pathOf(context: Context<UiEnv>): string {
  return `/upstreams/${encodeURIComponent(context.req.param('id') ?? '')}`
}

function back(context: Context<UiEnv>, tab: string): string {
  return `/ui${pathOf(context)}/${tab}`
}
