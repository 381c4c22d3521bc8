import type { RandomNumbers } from '../helpers/random-numbers.ts'

/** Where headers are, and so most of what steers a parser. */
const HEAD_BYTES = 512
const MAX_CHANGES = 6
const MAX_PIECE_BYTES = 64

/**
 * The bytes with some changes: bits flipped, numbers written that break parsers, pieces filled, moved or
 * taken from `donor`, the end cut off; half of the time near the start alone. The first `keep` bytes stay.
 */
export function mutate(
  bytes: Buffer,
  donor: Buffer,
  random: RandomNumbers,
  keep: number = 0,
): Buffer {
  const mutant = Buffer.from(
    random(4) === 0 ? bytes.subarray(0, random(bytes.byteLength + 1)) : bytes,
  )
  if (mutant.byteLength < keep + 8) return mutant
  const reach = random(2) === 0 ? Math.min(HEAD_BYTES, mutant.byteLength) : mutant.byteLength
  for (let change = random(MAX_CHANGES); change >= 0; change--) {
    alter(mutant, keep + random(Math.max(1, reach - keep - 7)), donor, random)
  }
  return mutant
}

/** One change at a place that has at least eight bytes behind it. */
function alter(mutant: Buffer, at: number, donor: Buffer, random: RandomNumbers): void {
  const piece = random(Math.min(MAX_PIECE_BYTES, mutant.byteLength - at))
  switch (random(8)) {
    case 0:
      mutant[at] = (mutant[at] ?? 0) ^ (1 << random(8))
      break
    case 1:
      mutant[at] = random(256)
      break
    case 2:
      mutant.writeUInt32LE(edge(random, mutant.byteLength), at)
      break
    case 3:
      mutant.writeUInt32BE(edge(random, mutant.byteLength), at)
      break
    case 4:
      mutant.writeUInt16LE(edge(random, mutant.byteLength) & 0xffff, at)
      break
    case 5:
      mutant.fill([0, 1, 0x7f, 0x80, 0xff][random(5)] ?? 0, at, at + piece)
      break
    case 6:
      copyPiece(mutant, mutant, at, piece, random)
      break
    default:
      copyPiece(donor, mutant, at, piece, random)
  }
}

function copyPiece(
  source: Buffer,
  mutant: Buffer,
  at: number,
  piece: number,
  random: RandomNumbers,
): void {
  const from = random(source.byteLength)
  source.copy(mutant, at, from, from + piece)
}

/** Numbers at which signs, widths and the file's own size end, and now and then any number. */
function edge(random: RandomNumbers, size: number): number {
  const edges = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff0, size, size - 1, random(size)]
  return edges[random(edges.length)] ?? 0
}
