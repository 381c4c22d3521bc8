import { Hono } from 'hono'
import type { SessionService } from '../../access/session-service.ts'
import { FailedChecks } from '../../access/failed-checks.ts'
import type { TokenService } from '../../access/token-service.ts'
import type { Networks } from '../../lib/networks.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { ApiEnv } from '../api/api-env.ts'
import { errorAnswer } from '../error-answer.ts'
import type { OwnAddress } from '../own-address.ts'
import { TokenGate } from '../token-gate.ts'
import { aboutPages } from './about-pages.tsx'
import { ApiClient } from './api-client.ts'
import { ApiRefusal } from './api-refusal.ts'
import { assetRoutes } from './asset-routes.ts'
import { missingPages } from './missing-pages.tsx'
import { missPages } from './miss-pages.tsx'
import { overviewPages } from './overview-pages.tsx'
import { packagePages } from './package-pages.tsx'
import { problemAnswer } from './problem-answer.tsx'
import { requireSession } from './require-session.tsx'
import { securityHeaders } from './security-headers.ts'
import { clearSessionCookie } from './session-cookie.ts'
import { settingsPages } from './settings-pages.tsx'
import { signInRoutes } from './sign-in-routes.tsx'
import { symbolPages } from './symbol-pages.tsx'
import { tokenPages } from './token-pages.tsx'
import { tryPages } from './try-pages.tsx'
import { upstreamPages } from './upstream-pages.tsx'
import { upstreamTabPages } from './upstream-tab-pages.tsx'
import type { UiEnv } from './ui-env.ts'

export interface UiOptions {
  readonly api: Hono<ApiEnv>
  readonly tokens: TokenService
  readonly sessions: SessionService
  /** Whether tokens that are not an administrator's may look at the page. */
  readonly viewersAllowed: boolean
  readonly address: OwnAddress
  readonly trustedProxies: Networks
  readonly log: Logger
}

/**
 * The administrator's page at `/` and below `/ui/`: rendered here, from what the API answers; scripts only
 * improve it. Each part of it has a file of its own, `<part>-pages.tsx`.
 */
export function createUi(options: UiOptions): Hono<UiEnv> {
  const { api, sessions, log } = options
  const gate = new TokenGate({ ...options, failures: new FailedChecks({ freeFailures: 0 }) })
  const app = new Hono<UiEnv>()
  app.use(securityHeaders())
  app.route('/ui/assets', assetRoutes())
  app.route('/ui', signInRoutes({ ...options, gate }))
  app.use(requireSession(options), async (context, next) => {
    const { session, mayChange } = context.var
    context.set('api', new ApiClient(api, { sessionToken: session.token, isViewer: !mayChange }))
    context.set('notify', (notice) => sessions.notify(session.id, notice))
    context.set('frame', () => ({
      session,
      mayChange,
      notices: sessions.takeNotices(session.id),
      path: context.req.path,
    }))
    await next()
  })
  app.get('/ui', (context) => context.redirect('/ui/', 301))
  app.post('/ui/sign-out', (context) => {
    sessions.end(context.var.session.id)
    clearSessionCookie(context)
    return context.redirect('/ui/sign-in', 303)
  })
  const parts = [
    aboutPages(),
    missingPages(),
    missPages(),
    packagePages(),
    settingsPages(),
    symbolPages(),
    tokenPages(),
    tryPages(),
    upstreamPages(),
    upstreamTabPages(),
  ]
  for (const part of parts) app.route('/ui', part)
  app.route('/', overviewPages(options))
  app.notFound((context) => problemAnswer(context, 404, 'There is no such page.'))
  app.onError((error, context) => {
    if (error instanceof ApiRefusal) return problemAnswer(context, error.status, error.message)
    const { status, error: told } = errorAnswer(error)
    if (status >= 500) log.error({ err: error }, 'page failed')
    return problemAnswer(context, status, told.message)
  })
  return app
}
