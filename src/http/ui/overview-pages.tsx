import { Hono } from 'hono'
import type { Networks } from '../../lib/networks.ts'
import { clientOf } from '../client-of.ts'
import type { ShownPackage } from './shown-package.ts'
import { OverviewPage } from './pages/overview-page.tsx'
import { rangeOf } from './range.ts'
import type { ShownStats } from './shown-stats.ts'
import type { UiEnv } from './ui-env.ts'

/** Packages on the overview. */
const NEWEST = 6

interface OverviewOptions {
  /** What clients call this server; undefined where it is what the browser called. */
  readonly publicUrl: string | undefined
  readonly trustedProxies: Networks
}

/** The overview, at `/` and `/ui/`. */
export function overviewPages({ publicUrl, trustedProxies }: OverviewOptions): Hono<UiEnv> {
  const app = new Hono<UiEnv>()
  app.on('GET', ['/', '/ui/'], async (context) => {
    const { api, frame } = context.var
    const { isSecure, host = 'localhost' } = clientOf(context.env.incoming, trustedProxies)
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
        address={publicUrl ?? `${isSecure ? 'https' : 'http'}://${host}`}
      />,
    )
  })
  return app
}
