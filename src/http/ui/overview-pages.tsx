import { Hono } from 'hono'
import type { OwnAddress } from '../own-address.ts'
import type { ShownPackage } from './shown-package.ts'
import type { ShownMissing } from './pages/missing-page.tsx'
import { OverviewPage, type ShownFill } from './pages/overview-page.tsx'
import { rangeOf } from './range.ts'
import type { ShownStats } from './shown-stats.ts'
import type { ShownUpstream } from './shown-upstream.ts'
import type { UiEnv } from './ui-env.ts'

interface Items<Item> {
  readonly items: readonly Item[]
}

/** Packages and missing files on the overview. */
const NEWEST = 6

interface OverviewOptions {
  readonly address: OwnAddress
}

/** The overview, at `/` and `/ui/`. */
export function overviewPages({ address }: OverviewOptions): Hono<UiEnv> {
  const app = new Hono<UiEnv>()
  app.on('GET', ['/', '/ui/'], async (context) => {
    const { api, frame } = context.var
    const range = rangeOf(context.req.query('range'))
    const [stats, packages, missing, upstreams, fills] = await Promise.all([
      api.get<ShownStats>('/stats', { hours: range.hours }),
      api.get<Items<ShownPackage>>('/uploads', { limit: NEWEST }),
      api.get<Items<ShownMissing>>('/missing', { limit: NEWEST, found: 0 }),
      api.get<Items<ShownUpstream>>('/upstreams'),
      api.get<Items<ShownFill>>('/fills'),
    ])
    return context.html(
      <OverviewPage
        frame={frame()}
        range={range}
        stats={stats}
        packages={packages.items}
        missing={missing.items}
        upstreams={upstreams.items}
        fills={fills.items}
        address={address.of(context.env.incoming)}
      />,
    )
  })
  return app
}
