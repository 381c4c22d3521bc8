import { probeArchiveTools } from '../archives/tools/probe-archive-tools.ts'
import { CabinetThreads } from '../cabinet/cabinet-threads.ts'
import type { Config } from '../config/config.ts'
import { createUploads } from './create-uploads.ts'
import type { DataFolder } from './data-folder.ts'
import type { Importer } from '../ingest/import/importer.ts'
import type { Logger } from '../telemetry/logger.ts'
import { Metrics } from '../telemetry/metrics.ts'

/** Puts together what imports trees into a folder on which no server runs. */
export async function createImporter(
  config: Config,
  data: DataFolder,
  log: Logger,
): Promise<Importer> {
  const { importer } = createUploads(config, data, {
    cabinets: new CabinetThreads(),
    tools: await probeArchiveTools(),
    notifier: undefined,
    metrics: new Metrics(() => []),
    log,
  })
  return importer
}
