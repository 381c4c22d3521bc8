import type { Config } from '../config/config.ts'
import type { DataFolder } from './data-folder.ts'
import { CheckTable } from '../db/check-table.ts'
import { Checker } from '../integrity/checker.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** Puts together what checks the stores, over an open data folder; it does nothing by itself until it is started. */
export function createChecker(
  { check }: Config,
  { database, hosted, hostedStore, cache, blobs, commit, reindexer }: DataFolder,
  { metrics, log }: { readonly metrics: Metrics; readonly log: Logger },
): Checker {
  return new Checker({
    ...check,
    stores: { hosted, cache },
    journal: hostedStore.journal,
    blobs,
    table: new CheckTable(database),
    commit,
    adopt: (root, stored) => reindexer.adopt(root, stored),
    isReadOnly: hostedStore.isReadOnly,
    isIndexing: () => reindexer.isRunning,
    metrics,
    log,
  })
}
