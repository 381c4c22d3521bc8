import { OpenAPIHono } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import type { TokenService } from '../../access/token-service.ts'
import { diskFull } from '../../ingest/disk-full.ts'
import type { PackageEditor } from '../../ingest/package-editor.ts'
import type { PackageHolder } from '../../ingest/package-holder.ts'
import type { PresenceCheck } from '../../ingest/presence-check.ts'
import type { Unpublisher } from '../../ingest/unpublisher.ts'
import type { NotificationTable } from '../../db/notification-table.ts'
import type { PackageHistory } from '../../db/package-history.ts'
import type { SymbolSearch } from '../../db/symbol-search.ts'
import { AppError } from '../../lib/app-error.ts'
import type { ExplainOptions } from '../../lookup/explain-lookup.ts'
import type { BlobPlaces } from '../../lookup/describe-blob.ts'
import type { MissingList } from '../../lookup/missing-list.ts'
import type { MissMemory } from '../../lookup/miss-memory.ts'
import type { Statistics } from '../../stats/statistics.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { errorAnswer } from '../error-answer.ts'
import { symboldRoutes } from '../symbold/symbold-routes.ts'
import type { TokenGate } from '../token-gate.ts'
import { aboutRoutes, type AboutOptions } from './about-routes.ts'
import type { ApiEnv } from './api-env.ts'
import { authenticate } from './authenticate.ts'
import { explainRoutes } from './explain-routes.ts'
import { fillRoutes, type FillRoutesOptions } from './fill-routes.ts'
import { limitText } from './limit-text.ts'
import { existsRoutes } from './exists-routes.ts'
import { missingRoutes } from './missing-routes.ts'
import { missRoutes } from './miss-routes.ts'
import { notificationRoutes } from './notification-routes.ts'
import { prefetchRoutes, type PrefetchRoutesOptions } from './prefetch-routes.ts'
import { settingsRoutes, type SettingsOptions } from './settings-routes.ts'
import { statsRoutes } from './stats-routes.ts'
import { symbolDetailRoutes } from './symbol-detail-routes.ts'
import { symbolRoutes } from './symbol-routes.ts'
import { tokenRoutes } from './token-routes.ts'
import { uploadRoutes } from './upload-routes.ts'
import {
  upstreamHistoryRoutes,
  type UpstreamHistoryRoutesOptions,
} from './upstream-history-routes.ts'
import { upstreamPatternRoutes } from './upstream-pattern-routes.ts'
import { upstreamRoutes, type UpstreamRoutesOptions } from './upstream-routes.ts'
import { upstreamSkipRoutes, type SkipRoutesOptions } from './upstream-skip-routes.ts'

/** Where the API lies. */
const BASE = '/api/v1'

/** Bodies are held in memory: settings and lists of names, never files. */
const MAX_BODY_BYTES = 16 << 20

export interface ApiOptions
  extends
    AboutOptions,
    BlobPlaces,
    ExplainOptions,
    FillRoutesOptions,
    SettingsOptions,
    UpstreamRoutesOptions,
    SkipRoutesOptions,
    UpstreamHistoryRoutesOptions,
    PrefetchRoutesOptions {
  readonly gate: TokenGate
  readonly tokens: TokenService
  readonly presence: PresenceCheck
  readonly holder: Pick<PackageHolder, 'hold'>
  readonly history: PackageHistory
  readonly unpublisher: Pick<Unpublisher, 'delete'>
  readonly packageEditor: Pick<PackageEditor, 'edit'>
  readonly missing: MissingList
  readonly symbols: SymbolSearch
  readonly notifications: NotificationTable
  readonly misses: MissMemory
  readonly statistics: Statistics
  readonly log: Logger
}

/**
 * The administration API below `/api/v1`, with its description at `/openapi.json` and
 * `/api/v1/openapi.json`. Each resource has a file of its own, `<resource>-routes.ts`. Beside it the same use cases
 * under the paths of Backtrace's command line.
 */
export function createApi(options: ApiOptions): OpenAPIHono<ApiEnv> {
  const { gate, version, log } = options
  const app = new OpenAPIHono<ApiEnv>()
  for (const path of ['/openapi.json', `${BASE}/openapi.json`] as const) {
    app.doc31(path, {
      openapi: '3.1.0',
      info: { title: 'symgate', version, description: 'Administration of a symgate server' },
    })
  }
  const { openAPIRegistry: registry } = app
  registry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  registry.registerComponent('securitySchemes', 'basic', { type: 'http', scheme: 'basic' })
  app.use(`${BASE}/*`, async (context, next) => {
    await next()
    context.header('cache-control', 'no-store')
    context.header('x-content-type-options', 'nosniff')
  })
  app.use(`${BASE}/*`, authenticate(gate), limitText(MAX_BODY_BYTES))
  const resources = [
    aboutRoutes(options),
    explainRoutes(options),
    fillRoutes(options),
    settingsRoutes(options),
    existsRoutes(options),
    missRoutes(options),
    statsRoutes(options),
    symbolDetailRoutes(options),
    tokenRoutes(options),
    uploadRoutes(options),
    symbolRoutes(options),
    missingRoutes(options),
    notificationRoutes(options),
    upstreamRoutes(options),
    upstreamPatternRoutes(options),
    upstreamSkipRoutes(options),
    upstreamHistoryRoutes(options),
    prefetchRoutes(options),
  ]
  for (const resource of resources) app.route(BASE, resource)
  app.route('/', symboldRoutes(options))
  app.onError((error) => {
    const known = error instanceof HTTPException ? wrongRequest(error) : diskFull(error)
    const answer = errorAnswer(known)
    if (answer.status >= 500) log.error({ err: known }, 'API request failed')
    return new Response(JSON.stringify({ error: answer.error }), {
      status: answer.status,
      headers: { ...answer.headers, 'content-type': 'application/json' },
    })
  })
  return app
}

/** What Hono itself refuses is a body that is no JSON. */
function wrongRequest(cause: HTTPException): AppError {
  return new AppError('request_invalid', cause.message || 'the request cannot be read', { cause })
}
