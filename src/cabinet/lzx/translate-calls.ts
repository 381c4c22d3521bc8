const CALL = 0xe8

/** A call at the very end of a frame is left alone: that is where its operand may be cut (libmspack, lzxd.c). */
const UNTOUCHED_TAIL_BYTES = 10

/** Frames beyond the first 32,768 are left alone. */
const MAX_OFFSET = 2 ** 30

/**
 * Turns the absolute targets of x86 calls in one frame back into relative ones, in place. `offset` is where
 * the frame begins in its folder, `fileSize` what the stream's header states.
 */
export function translateCalls(frame: Uint8Array, offset: number, fileSize: number): void {
  if (offset >= MAX_OFFSET) return
  const end = frame.byteLength - UNTOUCHED_TAIL_BYTES
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  let at = frame.indexOf(CALL)
  while (at !== -1 && at < end) {
    const position = offset + at
    const target = view.getInt32(at + 1, true)
    if (target >= -position && target < fileSize) {
      view.setInt32(at + 1, target >= 0 ? target - position : target + fileSize, true)
    }
    at = frame.indexOf(CALL, at + 5)
  }
}
