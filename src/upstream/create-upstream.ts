import { HttpUpstream } from './http-upstream.ts'
import type { UpstreamSettings } from './upstream-settings.ts'
import type { Upstream } from './upstream.ts'

/** Makes the upstream that the settings describe. Nothing is connected before the first request. */
export function createUpstream(settings: UpstreamSettings): Upstream {
  switch (settings.type) {
    case 'http':
      return new HttpUpstream(settings)
  }
}
