/** Repeatable bytes that do not compress: a xorshift generator with a fixed seed. */
export function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = 0x9e3779b9
  for (let offset = 0; offset + 4 <= length; offset += 4) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes.writeInt32LE(state | 0, offset)
  }
  return bytes
}
