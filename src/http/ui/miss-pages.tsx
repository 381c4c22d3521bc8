import { Hono } from 'hono'
import type { Listed } from './listed.ts'
import { MissesPage, type ShownMiss } from './pages/misses-page.tsx'
import type { UiEnv } from './ui-env.ts'

/** Remembered misses: search and forget. */
export function missPages(): Hono<UiEnv> {
  const app = new Hono<UiEnv>()
  app.get('/misses', async (context) => {
    const { api, frame } = context.var
    const query = context.req.query()
    const { q, cursor } = query
    const misses = await api.get<Listed<ShownMiss>>('/misses', { q, cursor })
    return context.html(<MissesPage frame={frame()} {...misses} query={query} />)
  })
  app.post('/misses/forget', async (context) => {
    const { api, notify, form } = context.var
    const { q, upstream, path } = form
    const query = { q, upstream, path }
    const { forgotten } = await api.send<{ forgotten: number }>('DELETE', '/misses', { query })
    notify(forgotten === 1 ? 'One miss is forgotten.' : `${forgotten} misses are forgotten.`)
    return context.redirect('/ui/misses', 303)
  })
  return app
}
