import type { ElfRange } from './elf-sections.ts'
import type { PagedReader } from './paged-reader.ts'

const LANE_BYTES = 16
/** Breakpad folds one page (FileID, HashElfTextSection). */
const MAX_HASHED_BYTES = 4096

/**
 * What stands for the build-id of an ELF file without one: the XOR of the 16-byte lanes of its code's
 * first page, in lower-case hexadecimal. Breakpad's value comes first; where the code is no whole number
 * of lanes, Sentry's follows, which stops at the code's end instead of reading on into what lies behind.
 */
export async function elfTextHashes(
  reader: PagedReader,
  text: ElfRange,
): Promise<readonly [string, ...string[]]> {
  const length = Math.min(text.size, MAX_HASHED_BYTES)
  const whole = Math.ceil(length / LANE_BYTES) * LANE_BYTES
  const bytes = await reader.read(text.offset, Math.min(whole, reader.size - text.offset))
  return [fold(bytes), fold(bytes.subarray(0, length))]
}

function fold(bytes: Uint8Array): string {
  const hash = new Uint8Array(LANE_BYTES)
  for (const [index, byte] of bytes.entries()) {
    const lane = index % LANE_BYTES
    hash[lane] = (hash[lane] ?? 0) ^ byte
  }
  return Buffer.from(hash).toString('hex')
}
