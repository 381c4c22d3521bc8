/**
 * The checksum of CFDATA (MS-CAB): the exclusive or of `bytes` as little-endian words, begun with
 * `seed`. One to three bytes at the end count as one word more, the last byte lowest.
 */
export function blockChecksum(bytes: Uint8Array, seed: number): number {
  const whole = bytes.byteLength & ~3
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let sum = seed
  for (let at = 0; at < whole; at += 4) sum ^= view.getInt32(at, true)
  let rest = 0
  for (let at = whole; at < bytes.byteLength; at++) rest = (rest << 8) | view.getUint8(at)
  return (sum ^ rest) >>> 0
}
