import type { Database } from 'better-sqlite3'
import { BlobTable } from '../../src/db/blob-table.ts'
import { CounterTable } from '../../src/db/counter-table.ts'
import { HostedNameTable } from '../../src/db/hosted-name-table.ts'
import { SkipTable } from '../../src/db/skip-table.ts'
import { UpstreamLogTable } from '../../src/db/upstream-log-table.ts'
import { UpstreamTable } from '../../src/db/upstream-table.ts'
import { AppError } from '../../src/lib/app-error.ts'
import type { MissMemory } from '../../src/lookup/miss-memory.ts'
import { SkipList } from '../../src/lookup/skip-list.ts'
import { UpstreamAdministration } from '../../src/lookup/upstream-administration.ts'
import { UpstreamHistory } from '../../src/lookup/upstream-history.ts'
import { UpstreamPolicy } from '../../src/lookup/upstream-policy.ts'
import { UpstreamRegistry } from '../../src/lookup/upstream-registry.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { createUpstream } from '../../src/upstream/create-upstream.ts'

/** The parts of upstreams over a database, without any upstream, and none can be added. */
export function noUpstreams(database: Database, misses: MissMemory) {
  const skips = new SkipList(new SkipTable(database))
  const upstreamHistory = new UpstreamHistory({
    counters: new CounterTable(database),
    table: new UpstreamLogTable(database),
  })
  const registry = new UpstreamRegistry({
    fromFile: [],
    presets: [],
    table: new UpstreamTable(database),
    parse: () => {
      throw new AppError('request_invalid', 'no upstream can be added here')
    },
    create: createUpstream,
    onUnusable: () => {},
  })
  const hostedNames = new HostedNameTable(database)
  const policy = new UpstreamPolicy({ blobs: new BlobTable(database), hostedNames, misses, skips })
  const upstreams = new UpstreamAdministration({
    registry,
    policy,
    misses,
    skips,
    history: upstreamHistory,
    probe: () => Promise.resolve({ kind: 'ok' }),
    log: createLogger('silent'),
  })
  return { skips, upstreamHistory, registry, policy, upstreams }
}
