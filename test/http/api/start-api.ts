import { FailedChecks } from '../../../src/access/failed-checks.ts'
import { TokenService } from '../../../src/access/token-service.ts'
import { ActivityTable } from '../../../src/db/activity-table.ts'
import { BlobTable } from '../../../src/db/blob-table.ts'
import { MissTable } from '../../../src/db/miss-table.ts'
import { MissingTable } from '../../../src/db/missing-table.ts'
import { NotificationTable } from '../../../src/db/notification-table.ts'
import { PackageHistory } from '../../../src/db/package-history.ts'
import { SymbolSearch } from '../../../src/db/symbol-search.ts'
import { TokenTable } from '../../../src/db/token-table.ts'
import { createApi } from '../../../src/http/api/create-api.ts'
import { TokenGate } from '../../../src/http/token-gate.ts'
import { PresenceCheck } from '../../../src/ingest/presence-check.ts'
import { Networks } from '../../../src/lib/networks.ts'
import { MissingList } from '../../../src/lookup/missing-list.ts'
import { MissMemory } from '../../../src/lookup/miss-memory.ts'
import { Statistics } from '../../../src/stats/statistics.ts'
import { LocalStore } from '../../../src/storage/local-store.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'
import { Metrics } from '../../../src/telemetry/metrics.ts'
import { tempDir } from '../../helpers/temp-dir.ts'
import { noPrefetch } from '../../helpers/no-prefetch.ts'
import { noUpstreams } from '../../helpers/no-upstreams.ts'
import { testDatabase } from '../../helpers/test-database.ts'

/** The API over a fresh database, with the parts that it speaks to and tokens to speak with. */
export async function startApi() {
  const store = await LocalStore.open(tempDir())
  const database = testDatabase()
  const tokens = new TokenService({ table: new TokenTable(database) })
  const misses = new MissMemory({
    table: new MissTable(database),
    forgetAfterMs: Number.POSITIVE_INFINITY,
    maxEntries: 100_000,
  })
  const metrics = new Metrics(() => [])
  const statistics = new Statistics({ table: new ActivityTable(database), metrics })
  const blobs = new BlobTable(database)
  const failures = new FailedChecks({ freeFailures: 10 })
  const gate = new TokenGate({ tokens, failures, trustedProxies: new Networks([]) })
  const api = createApi({
    gate,
    tokens,
    misses,
    statistics,
    blobs,
    fills: { running: () => [] },
    serveCompressed: false,
    isIndexComplete: () => true,
    hosted: store,
    cache: store,
    presence: new PresenceCheck({ blobs, store: { stat: async () => undefined } }),
    holder: { hold: () => Promise.reject(new Error('nothing to hold')) },
    history: new PackageHistory(database),
    settings: [{ key: 'listen', value: '127.0.0.1:0', source: 'from --listen' }],
    readiness: [{ name: 'store', check: async () => {} }],
    tools: { bsdtar: 'bsdtar 3.6.2' },
    unpublisher: { delete: async () => ({ files: 0, bytes: 0 }) },
    packageEditor: { edit: async () => {} },
    missing: new MissingList({
      table: new MissingTable(database),
      maxEntries: 1000,
      forgetAfterMs: Infinity,
    }),
    symbols: new SymbolSearch(database),
    notifications: new NotificationTable(database),
    ...noUpstreams(database, misses),
    prefetch: noPrefetch(database),
    version: '1.2.3',
    log: createLogger('silent'),
  })
  const tokenOf = (scope: 'admin' | 'upload' | 'download'): string =>
    tokens.create({ scope, name: scope }).text
  const admin = tokenOf('admin')
  const request = async (
    path: string,
    {
      method = 'GET',
      token = admin,
      body,
    }: { method?: string; token?: string; body?: unknown } = {},
  ) => {
    const sent = typeof body === 'string' ? body : JSON.stringify(body)
    const init = {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(sent)) }),
      },
      ...(body !== undefined && { body: sent }),
    }
    const answer = await api.request(`/api/v1${path}`, init)
    const text = await answer.text()
    return { status: answer.status, json: text === '' ? undefined : JSON.parse(text), answer }
  }
  return { api, tokens, misses, metrics, blobs, tokenOf, admin, request }
}
