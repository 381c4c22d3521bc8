import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { Logger } from '../telemetry/logger.ts'
import type { ApiEnv } from './api/api-env.ts'
import { errorAnswer } from './error-answer.ts'
import { healthRoutes, type HealthOptions } from './health-routes.ts'
import { nugetIndex } from './nuget-index.ts'
import type { OwnAddress } from './own-address.ts'
import type { UiEnv } from './ui/ui-env.ts'

export interface PagesOptions {
  readonly health: HealthOptions
  readonly address: OwnAddress
  /** The administration API, with its whole paths. */
  readonly api: Hono<ApiEnv>
  /** The administrator's page, with its whole paths. */
  readonly ui: Hono<UiEnv>
  readonly log: Logger
}

const HOME = `symgate: a symbol server.

Debuggers:  srv*C:\\Symbols*<this address>
Uploads:    curl --data-binary @symbols.zip "<this address>/<upload token>/symbols?tag=1.2.3"
`

/** Everything that is neither symbol path nor upload. */
export function createPages({
  health,
  address,
  api,
  ui,
  log,
}: PagesOptions): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.get('/', async (context) =>
    context.req.header('accept')?.includes('text/html') === true
      ? await ui.fetch(context.req.raw, context.env)
      : context.text(HOME, 200, { vary: 'Accept' }),
  )
  for (const path of ['/ui', '/ui/*'])
    app.all(path, async (context) => await ui.fetch(context.req.raw, context.env))
  app.get('/v3/index.json', (context) => context.json(nugetIndex(address.of(context.env.incoming))))
  app.route('/', healthRoutes(health))
  app.route('/', api)
  app.notFound((context) => {
    const headers = { 'cache-control': 'no-store', 'x-symgate-miss': 'malformed' }
    return context.json(
      { error: { code: 'not_found', message: 'there is nothing here' } },
      404,
      headers,
    )
  })
  app.onError((error) => {
    const answer = errorAnswer(error)
    if (answer.status >= 500) log.error({ err: error }, 'page failed')
    return new Response(JSON.stringify({ error: answer.error }), {
      status: answer.status,
      headers: { ...answer.headers, 'content-type': 'application/json' },
    })
  })
  return app
}
