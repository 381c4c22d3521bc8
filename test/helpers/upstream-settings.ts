import type { UpstreamSettings } from '../../src/upstream/upstream-settings.ts'

/** Settings of an upstream called `first` that is patient for five seconds, except as said. */
export function upstreamSettings(
  url: string,
  more: Partial<UpstreamSettings> = {},
): UpstreamSettings {
  return {
    name: 'first',
    type: 'http',
    url,
    public: false,
    enabled: true,
    timeouts: { connectMs: 5000, firstByteMs: 5000, idleMs: 5000, totalMs: undefined },
    misses: { retryAfterMs: 0 },
    userAgent: 'agent/1',
    ...more,
  }
}
