import type { CollectOptions } from './collect-options.ts'

/** Passes on what is on its way to the disk, chunk by chunk as it may be written; fails with what `proceed` rejects with. */
export function guardedWriting(
  proceed: CollectOptions['proceed'],
): (source: AsyncIterable<Buffer>) => AsyncIterable<Buffer> {
  return async function* guarded(source) {
    for await (const chunk of source) {
      await proceed?.(chunk.byteLength)
      yield chunk
    }
  }
}
