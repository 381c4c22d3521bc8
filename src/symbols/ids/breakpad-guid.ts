const DIGITS = 32

/**
 * Breakpad's GUID (upper case) for the first 16 bytes of a build-id, whose first three fields it reads
 * as little-endian numbers; the same way back. Shorter ids are padded with zeros. Big-endian machines,
 * where nothing is swapped, are left out.
 */
export function breakpadGuid(digits: string): string {
  const bytes = Buffer.from(digits.slice(0, DIGITS).padEnd(DIGITS, '0'), 'hex')
  bytes.subarray(0, 4).swap32()
  bytes.subarray(4, 8).swap16()
  return bytes.toString('hex').toUpperCase()
}
