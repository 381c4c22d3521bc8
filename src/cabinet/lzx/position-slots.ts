const SLOTS = 50

/** Offset bits that follow a slot: none for the first four, then one more for every two slots, at most 17. */
const EXTRA_BITS = Uint8Array.from({ length: SLOTS }, (_, slot) =>
  slot < 4 ? 0 : Math.min((slot >> 1) - 1, 17),
)

/** The match offset at which a slot begins; 2 are added to real offsets to leave room for the repeated ones. */
const BASES = new Int32Array(SLOTS)
for (let slot = 1; slot < SLOTS; slot++) {
  BASES[slot] = (BASES[slot - 1] ?? 0) + (1 << (EXTRA_BITS[slot - 1] ?? 0))
}

/**
 * How LZX codes match offsets: a slot and some more bits. `count` tells how many slots a window has: 30, 32,
 * 34, 36, 38, 42, 50 for 2^15 to 2^21 bytes (libmspack, lzxd.c; Microsoft's paper errs on the last two).
 */
export const positionSlots = {
  extraBits: EXTRA_BITS,
  bases: BASES,
  count(windowBytes: number): number {
    const beyond = BASES.findIndex((base) => base >= windowBytes)
    return beyond === -1 ? SLOTS : beyond
  },
} as const
