import type { UpstreamAnswer, UpstreamRequest } from './upstream.ts'

/** What an upstream's kind comes down to: a place that has files under paths of its own. */
export interface FileSource {
  /**
   * Asks for the one file at `location`, decoded and without a slash in front; `request` says what else to pass
   * on. Never rejects but for an abort.
   */
  get(location: string, request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamAnswer>
  close(): Promise<void>
}
