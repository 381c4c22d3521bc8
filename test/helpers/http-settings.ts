import type { HttpSettings } from '../../src/upstream/upstream-settings.ts'

/** Settings of an upstream called `first` that is asked once, with patience for five seconds, except as said. */
export function httpSettings(url: string, more: Partial<HttpSettings> = {}): HttpSettings {
  return {
    name: 'first',
    type: 'http',
    url,
    public: false,
    enabled: true,
    layout: 'symstore',
    casing: ['default'],
    credentials: undefined,
    proxy: undefined,
    caFile: undefined,
    allowPrivateAddresses: false,
    timeouts: { connectMs: 5000, firstByteMs: 5000, idleMs: 5000, totalMs: undefined },
    misses: { retryAfterMs: 0 },
    userAgent: 'agent/1',
    concurrency: 8,
    attempts: 1,
    ...more,
  }
}
