import { Hono } from 'hono'
import { AboutPage, type About } from './pages/about-page.tsx'
import type { UiEnv } from './ui-env.ts'

/** Versions and health. */
export function aboutPages(): Hono<UiEnv> {
  const app = new Hono<UiEnv>()
  app.get('/about', async (context) => {
    const { api, frame } = context.var
    return context.html(<AboutPage frame={frame()} about={await api.get<About>('/about')} />)
  })
  return app
}
