import { Hono } from 'hono'
import type { ShownPackage } from './shown-package.ts'
import { OverviewPage } from './pages/overview-page.tsx'
import { rangeOf } from './range.ts'
import type { ShownStats } from './shown-stats.ts'
import type { UiEnv } from './ui-env.ts'

/** Packages on the overview. */
const NEWEST = 6

/** The overview, at `/` and `/ui/`. */
export function overviewPages({
  publicUrl,
}: {
  readonly publicUrl: string | undefined
}): Hono<UiEnv> {
  const app = new Hono<UiEnv>()
  app.on('GET', ['/', '/ui/'], async (context) => {
    const { api, frame } = context.var
    const range = rangeOf(context.req.query('range'))
    const [stats, packages] = await Promise.all([
      api.get<ShownStats>('/stats', { hours: range.hours }),
      api.get<{ items: readonly ShownPackage[] }>('/uploads', { limit: NEWEST }),
    ])
    return context.html(
      <OverviewPage
        frame={frame()}
        range={range}
        stats={stats}
        packages={packages.items}
        address={publicUrl ?? new URL(context.req.url).origin}
      />,
    )
  })
  return app
}
