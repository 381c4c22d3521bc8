import type { Database } from 'better-sqlite3'
import { TokenService } from '../access/token-service.ts'
import type { Config } from '../config/config.ts'
import { ActivityTable } from '../db/activity-table.ts'
import { BlobTable } from '../db/blob-table.ts'
import { CounterTable } from '../db/counter-table.ts'
import { FollowedTable } from '../db/followed-table.ts'
import { HostedNameTable } from '../db/hosted-name-table.ts'
import { ImportTable } from '../db/import-table.ts'
import { MarkTable } from '../db/mark-table.ts'
import { MissTable } from '../db/miss-table.ts'
import { MissingTable } from '../db/missing-table.ts'
import { NotificationTable } from '../db/notification-table.ts'
import { PackageHistory } from '../db/package-history.ts'
import { PackageHoldings } from '../db/package-holdings.ts'
import { PackageTable } from '../db/package-table.ts'
import { PrefetchTable } from '../db/prefetch-table.ts'
import { ReindexProgress } from '../db/reindex-progress.ts'
import { SkipTable } from '../db/skip-table.ts'
import { SymbolSearch } from '../db/symbol-search.ts'
import { TokenTable } from '../db/token-table.ts'
import { UpstreamLogTable } from '../db/upstream-log-table.ts'
import { UpstreamTable } from '../db/upstream-table.ts'
import { UseTable } from '../db/use-table.ts'
import { MissingList } from '../lookup/missing-list.ts'
import { MissMemory } from '../lookup/miss-memory.ts'
import { SkipList } from '../lookup/skip-list.ts'
import { UpstreamHistory } from '../lookup/upstream-history.ts'

/** The tables of a data folder's database, each as its class or as what keeps it in memory. */
export function openTables(config: Config, database: Database) {
  const counters = new CounterTable(database)
  return {
    activity: new ActivityTable(database),
    blobs: new BlobTable(database),
    counters,
    followed: new FollowedTable(database),
    history: new PackageHistory(database),
    holdings: new PackageHoldings(database),
    hostedNames: new HostedNameTable(database),
    imports: new ImportTable(database),
    marks: new MarkTable(database),
    misses: new MissMemory({ table: new MissTable(database), ...config.misses }),
    missing: new MissingList({ table: new MissingTable(database), ...config.missing }),
    notifications: new NotificationTable(database),
    packages: new PackageTable(database),
    prefetch: new PrefetchTable(database),
    reindexProgress: new ReindexProgress(database),
    skips: new SkipList(new SkipTable(database)),
    symbols: new SymbolSearch(database),
    tokens: new TokenService({ table: new TokenTable(database) }),
    upstreamHistory: new UpstreamHistory({ counters, table: new UpstreamLogTable(database) }),
    upstreams: new UpstreamTable(database),
    uses: new UseTable(database),
  }
}
