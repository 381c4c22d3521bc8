/** Digits of the build-ids that linkers write, but for the SHA-1: 8 bytes (lld's `fast`), 16 (MD5, UUID). */
const USUAL_LENGTHS = [32, 16]

/**
 * The build-ids that these digits can stand for, at most four, as written first: clients pad short ones
 * with zeros (SSQP to 20 bytes, Breakpad to 16), and a build-id may end in zeros of its own.
 */
export function unpaddedBuildIds(digits: string): string[] {
  if (!digits.endsWith('00')) return [digits]
  const shortest = digits.replace(/(?:00)+$/, '')
  const usual = USUAL_LENGTHS.filter((length) => length > shortest.length && length < digits.length)
  return [digits, ...usual.map((length) => digits.slice(0, length)), shortest]
}
