import { createSource } from './create-source.ts'
import { LayoutUpstream } from './layout-upstream.ts'
import type { UpstreamSettings } from './upstream-settings.ts'
import type { Upstream } from './upstream.ts'
import { withAttempts } from './with-attempts.ts'
import { withConcurrency } from './with-concurrency.ts'

/**
 * Makes the upstream that the settings describe. Nothing is connected before the first request. Throws
 * `config_invalid` for settings that cannot work.
 */
export function createUpstream(settings: UpstreamSettings): Upstream {
  const { attempts, concurrency } = settings
  // The turn ends with each try: nobody holds one up while waiting for the next.
  const source = withAttempts(withConcurrency(createSource(settings), concurrency), attempts)
  return new LayoutUpstream(settings, source)
}
