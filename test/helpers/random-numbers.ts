/** Whole numbers from 0 up to, and without, `below`. */
export type RandomNumbers = (below: number) => number

/** The same numbers for the same seed, so that a failure comes again (mulberry32). */
export function randomNumbers(seed: string | number): RandomNumbers {
  let state = typeof seed === 'number' ? seed : hash(seed)
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let state = 0x811c9dc5
  for (const byte of Buffer.from(text)) state = Math.imul(state ^ byte, 0x01000193)
  return state
}
