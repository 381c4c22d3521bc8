import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { FreeSpace } from '../lib/free-space.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { checkReadiness, type ReadinessCheck } from './check-readiness.ts'

const MIB = 1 << 20

export interface HealthOptions {
  readonly readiness: readonly ReadinessCheck[]
  /** The space on the disks of store and cache, by what they are for. */
  readonly disks: Readonly<Record<string, FreeSpace>>
  /** Optional programs, and their version or what is missing: told, but no reason to be unready. */
  readonly tools: Readonly<Record<string, string>>
  readonly metrics: Metrics
}

/** What whoever watches over the server asks it: `/healthz`, `/readyz`, `/metrics`. */
export function healthRoutes({
  readiness,
  disks,
  tools,
  metrics,
}: HealthOptions): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.get('/healthz', (context) => context.text('ok\n'))
  app.get('/readyz', async (context) => {
    const { ready, checks } = await checkReadiness(readiness)
    const answer = { ready, checks, disks: await describeDisks(disks), tools }
    return context.json(answer, ready ? 200 : 503, { 'cache-control': 'no-store' })
  })
  app.get('/metrics', async (context) => {
    const { checks } = await checkReadiness(readiness)
    for (const [part, state] of Object.entries(checks))
      metrics.ready.set({ part }, state === 'ok' ? 1 : 0)
    for (const [disk, space] of Object.entries(disks)) {
      metrics.diskFreeBytes.set({ disk }, await space.freeBytes())
      metrics.diskMinFreeBytes.set({ disk }, space.minBytes)
    }
    const headers = { 'content-type': metrics.registry.contentType }
    return context.body(await metrics.registry.metrics(), 200, headers)
  })
  return app
}

/** `ok`, or how low each disk is. */
async function describeDisks(disks: HealthOptions['disks']): Promise<Record<string, string>> {
  const described: Record<string, string> = {}
  for (const [disk, space] of Object.entries(disks)) {
    const free = Math.floor((await space.freeBytes()) / MIB)
    const wanted = Math.ceil(space.minBytes / MIB)
    described[disk] = (await space.isLow())
      ? `low: ${free} MiB are free, ${wanted} MiB are to stay so (limits.min_free_space)`
      : 'ok'
  }
  return described
}
