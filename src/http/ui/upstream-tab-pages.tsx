import { Hono, type Context } from 'hono'
import { ApiRefusal } from './api-refusal.ts'
import type { Listed } from './listed.ts'
import type { ListPage } from './pages/list-page.ts'
import { UpstreamLogsPage, type ShownAttempt } from './pages/upstream-logs-page.tsx'
import { UpstreamPatternsPage, type ShownPattern } from './pages/upstream-patterns-page.tsx'
import { UpstreamSkipsPage, type ShownSkip } from './pages/upstream-skips-page.tsx'
import {
  UpstreamStatisticsPage,
  type UpstreamStatistics,
} from './pages/upstream-statistics-page.tsx'
import type { ShownUpstream } from './shown-upstream.ts'
import type { UiEnv } from './ui-env.ts'

const PER_PAGE = 100

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
      const found = await shownList<ShownPattern>(context, list)
      const typed = problem === undefined ? undefined : context.var.form['patterns']
      const page = <UpstreamPatternsPage {...found} list={list} problem={problem} typed={typed} />
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
  app.get('/upstreams/:id/skiplist', async (context) =>
    context.html(<UpstreamSkipsPage {...await shownList<ShownSkip>(context, 'skiplist')} />),
  )
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
  app.get('/upstreams/:id/logs', async (context) =>
    context.html(<UpstreamLogsPage {...await shownList<ShownAttempt>(context, 'logs')} />),
  )
  return app
}

/** What the page over a list of the upstream shows: the part of it that the query asks for. */
async function shownList<Item>(
  context: Context<UiEnv>,
  list: string,
): Promise<ListPage<Item> & { readonly upstream: ShownUpstream }> {
  const { api, frame } = context.var
  const query = context.req.query()
  const { q, cursor } = query
  const path = pathOf(context)
  const [upstream, found] = await Promise.all([
    api.get<ShownUpstream>(path),
    api.get<Listed<Item>>(`${path}/${list}`, { q, cursor, limit: PER_PAGE }),
  ])
  return { frame: frame(), upstream, ...found, query }
}

function pathOf(context: Context<UiEnv>): string {
  return `/upstreams/${encodeURIComponent(context.req.param('id') ?? '')}`
}

function back(context: Context<UiEnv>, tab: string): string {
  return `/ui${pathOf(context)}/${tab}`
}
