import type { SessionService } from '../access/session-service.ts'
import type { Config } from '../config/config.ts'
import type { DataFolder } from './data-folder.ts'
import { CompressedContents } from '../http/download/compressed-contents.ts'
import type { CrossOrigin } from '../http/download/cross-origin.ts'
import { DownloadAccess } from '../http/download/download-access.ts'
import { StoredContents } from '../http/download/stored-contents.ts'
import { SymbolHeaders } from '../http/download/symbol-headers.ts'
import { SymbolHandler } from '../http/download/symbol-handler.ts'
import type { TokenGate } from '../http/token-gate.ts'
import { BufferPool } from '../lib/buffer-pool.ts'
import { Networks } from '../lib/networks.ts'
import type { DerivedFiles } from '../lookup/derived-files.ts'
import type { Lookup } from '../lookup/lookup.ts'
import type { ReadTracker } from '../lookup/read-tracker.ts'
import { SingleForm } from '../lookup/single-form.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/**
 * Memory for read buffers of all downloads together. Half of it is what one turn of the event loop may hand to
 * the system: with four times as much, small hits beside 64 large downloads took two to six times as long
 * (`npm run bench -- load`).
 */
const READ_BUFFER_BYTES = 16 << 20

/** What the answering of symbol paths stands on. */
export interface DownloadParts {
  readonly lookup: Lookup
  readonly reads: ReadTracker
  readonly derived: DerivedFiles
  readonly gate: TokenGate
  readonly sessions: SessionService
  readonly crossOrigin: CrossOrigin
  /** This process's name in `Via`. */
  readonly instance: string
  readonly metrics: Metrics
  readonly log: Logger
}

/** Puts together what answers symbol paths, over an open data folder. */
export function createDownloads(
  config: Config,
  { hosted, missing, uses }: DataFolder,
  { lookup, reads, derived, gate, sessions, crossOrigin, instance, metrics, log }: DownloadParts,
): SymbolHandler {
  const { access, serve } = config
  const trustedProxies = new Networks(config.trustedProxies)
  const downloadAccess = new DownloadAccess({
    gate,
    sessions,
    trustedProxies,
    anonymousDownload: access.anonymousDownload,
    anonymousFrom: new Networks(access.anonymousFrom),
  })
  const { httpCompression } = serve
  const compressed = new CompressedContents({ derived, httpCompression, log })
  return new SymbolHandler({
    lookup,
    single: new SingleForm({ lookup, prefer: config.single.prefer }),
    contents: new StoredContents({
      lookup,
      hosted,
      cache: reads,
      memoryCache: config.memoryCache,
    }),
    headers: new SymbolHeaders({
      access: downloadAccess,
      compressed,
      variesByOrigin: crossOrigin.varies,
      contentMayChange: config.uploads.onConflict === 'replace',
    }),
    missing,
    uses,
    access: downloadAccess,
    trustedProxies,
    serveCompressed: serve.compressed,
    symbolAgentStatus: serve.symbolAgentStatus,
    compressed,
    pool: new BufferPool(READ_BUFFER_BYTES),
    instance,
    metrics,
  })
}
