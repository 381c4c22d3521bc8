const memories = new WeakSet<ArrayBufferLike>()

/**
 * Chunks of streams whose memory nobody but their reader knows. V8 answers 64 MiB of such garbage with a collection
 * of the whole heap, and until then it stays: a reader who frees each chunk spares both.
 */
export const ownedChunks = {
  /** Says that of a chunk. Whoever makes it must not look at it again. */
  add(chunk: Uint8Array): void {
    memories.add(chunk.buffer)
  },

  /** Frees the memory of a chunk that was read, if it is an owned one and whole. */
  free({ buffer, byteLength }: Uint8Array): void {
    if (!(buffer instanceof ArrayBuffer) || byteLength < buffer.byteLength) return
    if (memories.delete(buffer)) buffer.transfer(0)
  },
}
