const BLOCK_BYTES = 512

/** The tar with right checksums in all blocks that have ustar's magic, whatever else is in them. */
export function fixTarChecksums(tar: Buffer): Buffer {
  const fixed = Buffer.from(tar)
  for (let at = 0; at + BLOCK_BYTES <= fixed.byteLength; at += BLOCK_BYTES) {
    const block = fixed.subarray(at, at + BLOCK_BYTES)
    if (block.toString('latin1', 257, 262) !== 'ustar') continue
    block.fill(0x20, 148, 156)
    const sum = block.reduce((total, byte) => total + byte, 0)
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  }
  return fixed
}
