import { Readable } from 'node:stream'
import type { Upstream, UpstreamAnswer, UpstreamRequest } from '../../src/upstream/upstream.ts'

/** An upstream that answers as it is told, and notes what it was asked. */
export interface FakeUpstream extends Upstream {
  readonly asked: { readonly path: string; readonly request: UpstreamRequest }[]
}

export type FakeAnswer =
  | UpstreamAnswer
  | ((path: string, signal: AbortSignal) => UpstreamAnswer | Promise<UpstreamAnswer>)

/** Makes an upstream; its misses hold for an hour. An answer is told the path in SymStore's casing. */
export function fakeUpstream(
  name: string,
  answer: FakeAnswer,
  { isPublic = false } = {},
): FakeUpstream {
  const asked: { path: string; request: UpstreamRequest }[] = []
  return {
    name,
    isPublic,
    missRetryAfterMs: 3_600_000,
    asked,
    hasPlaceFor: () => true,
    fetch: async (request, signal) => {
      const path = request.path.storePath
      asked.push({ path, request })
      return typeof answer === 'function' ? await answer(path, signal) : answer
    },
    close: () => Promise.resolve(),
  }
}

/** The answer that has a file. */
export function found(bytes: Uint8Array, size: number | undefined = bytes.byteLength): FakeAnswer {
  return () => ({ kind: 'found', body: Readable.from([bytes]), size })
}
