import { Hono } from 'hono'
import { ApiRefusal } from './api-refusal.ts'
import { TryPage, type Explanation } from './pages/try-page.tsx'
import type { UiEnv } from './ui-env.ts'

/** How a lookup would go. */
export function tryPages(): Hono<UiEnv> {
  const app = new Hono<UiEnv>()
  app.get('/try', async (context) => {
    const { api, frame } = context.var
    const path = context.req.query('path')?.trim() ?? ''
    if (path === '') return context.html(<TryPage frame={frame()} path={path} />)
    try {
      const explanation = await api.get<Explanation>('/explain', { path })
      return context.html(<TryPage frame={frame()} path={path} explanation={explanation} />)
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error
      return context.html(<TryPage frame={frame()} path={path} problem={error.message} />, 400)
    }
  })
  return app
}
