import type { Database } from 'better-sqlite3'
import { PrefetchTable } from '../../src/db/prefetch-table.ts'
import { PrefetchQueue } from '../../src/lookup/prefetch-queue.ts'
import { createLogger } from '../../src/telemetry/logger.ts'

/** A queue of files to fetch ahead that finds nothing. */
export function noPrefetch(database: Database): PrefetchQueue {
  return new PrefetchQueue({
    table: new PrefetchTable(database),
    lookup: { resolve: () => Promise.resolve({ kind: 'absent', reason: 'absent' }) },
    via: '1.1 test',
    log: createLogger('silent'),
  })
}
