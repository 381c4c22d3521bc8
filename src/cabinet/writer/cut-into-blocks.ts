import { MAX_BLOCK_BYTES } from '../max-block-bytes.ts'

/** The same bytes in blocks of 32 KiB, each with memory of its own; only the last may be shorter. */
export async function* cutIntoBlocks(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let block = new Uint8Array(MAX_BLOCK_BYTES)
  let filled = 0
  for await (const chunk of chunks) {
    for (let used = 0; used < chunk.byteLength;) {
      const part = chunk.subarray(used, used + block.byteLength - filled)
      block.set(part, filled)
      used += part.byteLength
      filled += part.byteLength
      if (filled < block.byteLength) continue
      yield block
      block = new Uint8Array(MAX_BLOCK_BYTES)
      filled = 0
    }
  }
  if (filled > 0) yield block.subarray(0, filled)
}
