/** What is read by position: a file, a blob of a store, a content. */
interface PositionedSource {
  /** Fills `target` from `position` on and resolves the number of bytes read, 0 at the end. */
  read(target: Uint8Array, position: number): Promise<number>
}

/** The bytes `[offset, offset + length)` of the source, fewer where it ends before. */
export async function readAt(
  source: PositionedSource,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const count = await source.read(bytes.subarray(done), offset + done)
    if (count === 0) break
    done += count
  }
  return bytes.subarray(0, done)
}
