import { Readable } from 'node:stream'
import type { Upstream, UpstreamAnswer } from '../../src/upstream/upstream.ts'

/** An upstream that answers as it is told, and notes what it was asked. */
export interface FakeUpstream extends Upstream {
  readonly asked: { readonly path: string; readonly via: string }[]
}

export type FakeAnswer =
  | UpstreamAnswer
  | ((path: string, signal: AbortSignal) => UpstreamAnswer | Promise<UpstreamAnswer>)

/** Makes an upstream; its misses hold for an hour. */
export function fakeUpstream(
  name: string,
  answer: FakeAnswer,
  { isPublic = false } = {},
): FakeUpstream {
  const asked: { path: string; via: string }[] = []
  return {
    name,
    isPublic,
    missRetryAfterMs: 3_600_000,
    asked,
    fetch: async (path, { via, signal }) => {
      asked.push({ path, via })
      return typeof answer === 'function' ? await answer(path, signal) : answer
    },
    close: () => Promise.resolve(),
  }
}

/** The answer that has a file. */
export function found(bytes: Uint8Array, size: number | undefined = bytes.byteLength): FakeAnswer {
  return () => ({ kind: 'found', body: Readable.from([bytes]), size })
}
