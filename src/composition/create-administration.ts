import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import type { HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import type { SessionService } from '../access/session-service.ts'
import type { Config } from '../config/config.ts'
import type { Setting } from '../config/setting.ts'
import type { createUploads } from './create-uploads.ts'
import type { createUpstreams } from './create-upstreams.ts'
import type { DataFolder } from './data-folder.ts'
import { databaseCheck } from './database-check.ts'
import { createApi } from '../http/api/create-api.ts'
import type { OwnAddress } from '../http/own-address.ts'
import { createPages } from '../http/pages.ts'
import type { TokenGate } from '../http/token-gate.ts'
import { createUi } from '../http/ui/create-ui.tsx'
import type { FreeSpace } from '../lib/free-space.ts'
import { Networks } from '../lib/networks.ts'
import type { FillService } from '../lookup/fill-service.ts'
import type { PrefetchQueue } from '../lookup/prefetch-queue.ts'
import type { Statistics } from '../stats/statistics.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { VERSION } from '../version.ts'

/** What administration stands on. */
export interface AdministrationParts {
  /** Where the configuration comes from. */
  readonly settings: readonly Setting[]
  /** Optional programs, and their version or what is missing. */
  readonly tools: Readonly<Record<string, string>>
  readonly fills: FillService
  /** What is free where the cache lies. */
  readonly cacheSpace: FreeSpace
  readonly prefetch: PrefetchQueue
  readonly upstreams: ReturnType<typeof createUpstreams>
  readonly uploads: ReturnType<typeof createUploads>
  readonly statistics: Statistics
  readonly isIndexComplete: () => boolean
  readonly gate: TokenGate
  readonly sessions: SessionService
  readonly address: OwnAddress
  readonly metrics: Metrics
  readonly log: Logger
}

/** Puts together the API, the page over it, and what else is neither symbol path nor upload. */
export function createAdministration(
  config: Config,
  data: DataFolder,
  parts: AdministrationParts,
): Hono<{ Bindings: HttpBindings }> {
  const { upstreams, uploads, sessions, address, tools, metrics, log } = parts
  const readiness = [
    { name: 'store', check: () => data.hostedStore.check() },
    { name: 'cache', check: () => access(config.cache.path, constants.W_OK) },
    { name: 'database', check: databaseCheck(data.database) },
  ]
  const api = createApi({
    ...data,
    ...parts,
    serveCompressed: config.serve.compressed,
    readiness,
    presence: uploads.presence,
    holder: uploads.holder,
    upstreams: upstreams.administration,
    registry: upstreams.registry,
    policy: upstreams.policy,
    version: VERSION,
  })
  const ui = createUi({
    api,
    tokens: data.tokens,
    sessions,
    viewersAllowed: config.access.readOnlyPage,
    address,
    trustedProxies: new Networks(config.trustedProxies),
    log,
  })
  const disks = { store: uploads.space, cache: parts.cacheSpace }
  return createPages({ health: { readiness, disks, tools, metrics }, api, ui, address, log })
}
