import type { UpstreamRequest } from '../../src/upstream/upstream.ts'
import { symbolPathOf } from './symbol-path-of.ts'

/** A request for `name/id/file` as a client without special wishes makes it. */
export function upstreamRequest(
  path: string,
  more: Partial<Omit<UpstreamRequest, 'path'>> = {},
): UpstreamRequest {
  return {
    path: symbolPathOf(path),
    acceptsMsfz: false,
    checksum: undefined,
    via: '1.1 me',
    ...more,
  }
}
