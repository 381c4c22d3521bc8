import type { Config } from '../config/config.ts'
import type { DataFolder } from './data-folder.ts'
import { RetentionTable } from '../db/retention-table.ts'
import { Sweeper } from '../retention/sweeper.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** Puts together what lets packages go, over an open data folder; it does nothing by itself until it is started. */
export function createSweeper(
  { retention }: Config,
  { database, blobs, uses, unpublisher }: DataFolder,
  { metrics, log }: { readonly metrics: Metrics; readonly log: Logger },
): Sweeper {
  return new Sweeper({
    rules: retention,
    intervalMs: retention.intervalMs,
    table: new RetentionTable(database),
    blobs,
    uses,
    remove: (id) => unpublisher.delete(id),
    metrics,
    log,
  })
}
