import type { DataFolder } from './data-folder.ts'
import type { CacheEvictor } from '../lookup/cache-evictor.ts'
import type { DerivedFiles } from '../lookup/derived-files.ts'
import type { Statistics } from '../stats/statistics.ts'
import type { Logger } from '../telemetry/logger.ts'

const MINUTE_MS = 60_000

/** What is swept beside the data folder. */
export interface SweptParts {
  readonly derived: DerivedFiles
  readonly evictor: CacheEvictor
  readonly statistics: Statistics
  readonly uploads: { sweep(): Promise<void> }
  readonly log: Logger
}

/** Begins to look for what has had its time, again and again; the function it gives ends that. */
export function startSweeps(
  { misses, missing, upstreamHistory }: DataFolder,
  { derived, evictor, statistics, uploads, log }: SweptParts,
): () => void {
  const every = (ms: number, sweep: () => Promise<unknown>, failure: string): NodeJS.Timeout =>
    setInterval(() => void sweep().catch((err: unknown) => log.error({ err }, failure)), ms).unref()
  const sweepDerived = (): Promise<void> => derived.sweep()
  const derivedFailure = 'derived files could not be swept'
  sweepDerived().catch((err: unknown) => log.error({ err }, derivedFailure))
  const timers = [
    every(MINUTE_MS, () => misses.sweep(), 'misses could not be swept'),
    every(MINUTE_MS, () => missing.sweep(), 'missing files could not be swept'),
    every(MINUTE_MS, () => upstreamHistory.sweep(), 'the upstreams’ log could not be swept'),
    every(MINUTE_MS, () => uploads.sweep(), 'history could not be swept'),
    every(MINUTE_MS, () => evictor.sweep(), 'the cache could not be swept'),
    // Cabinets and gzip forms of files that have gone only take room.
    every(10 * MINUTE_MS, sweepDerived, derivedFailure),
    every(10 * MINUTE_MS, () => statistics.sweep(), 'old statistics stay'),
  ]
  return () => {
    for (const timer of timers) clearInterval(timer)
  }
}
