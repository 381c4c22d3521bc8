import { Hono } from 'hono'
import type { Listed } from './listed.ts'
import { MissingPage, type ShownMissing } from './pages/missing-page.tsx'
import type { UiEnv } from './ui-env.ts'

const PER_PAGE = 100

/** What was asked for and nobody had, as a page and as CSV. */
export function missingPages(): Hono<UiEnv> {
  const app = new Hono<UiEnv>()
  app.get('/missing', async (context) => {
    const { api, frame } = context.var
    const query = context.req.query()
    const { q, since, found, cursor } = query
    const list = await api.get<Listed<ShownMissing>>('/missing', {
      q,
      since,
      found,
      cursor,
      limit: PER_PAGE,
    })
    return context.html(<MissingPage frame={frame()} {...list} query={query} />)
  })
  app.get('/missing.csv', async (context) => {
    const { q, since, found } = context.req.query()
    return await context.var.api.pass('/missing', { q, since, found, format: 'csv' })
  })
  return app
}
