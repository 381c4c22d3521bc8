import { probeArchiveTools } from '../archives/tools/probe-archive-tools.ts'
import { CabinetThreads } from '../cabinet/cabinet-threads.ts'
import type { CollectOptions } from '../ingest/collect-options.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** What a server takes by default: `limits` in docs/configuration.md. */
const LIMITS = { maxEntries: 100_000, maxEntryBytes: 16 * 2 ** 30, maxExpandedBytes: 64 * 2 ** 30 }

/** What commands unpack files with, as a server does; the folder must be discarded. */
export async function commandCollectOptions(): Promise<CollectOptions> {
  return {
    folder: await temporaryFolder(),
    limits: LIMITS,
    cabinets: new CabinetThreads(),
    tools: await probeArchiveTools(),
  }
}
