import { damaged } from '../damaged.ts'
import type { BitReader } from './bit-reader.ts'
import type { HuffmanTable } from './huffman-table.ts'
import { positionSlots } from './position-slots.ts'

const LITERALS = 256
const LITERAL_ENTRIES = LITERALS << 5

/** Lengths from this code on are told by the length tree. */
const LONG_LENGTH = 7
const LENGTH_SYMBOLS = 249
const MIN_MATCH = 2

/** From here on a native copy is faster than a loop. */
const LONG_COPY = 24

/** The primary bits of each table, as constants for the loop below. */
export const MAIN_BITS = 11
export const LENGTH_BITS = 10
export const ALIGNED_BITS = 7

/** What the symbols of a block are decoded with; `aligned` only in a block of that type. */
export interface BlockCodes {
  readonly main: HuffmanTable
  readonly lengths: HuffmanTable
  readonly aligned: HuffmanTable | undefined
  readonly positionSlots: number
}

/**
 * Decodes literals and matches into `window[start, end)`, which they fill exactly, or `archive_damaged` is
 * thrown. Before `start` the window holds what was decoded before; `recent` are the last three offsets.
 */
export function decodeMatches(
  bitReader: BitReader,
  codes: BlockCodes,
  recent: Int32Array,
  window: Uint8Array,
  windowBytes: number,
  start: number,
  end: number,
): void {
  // One call decodes up to 32 KiB, so everything the loop touches is kept in local variables.
  const { input } = bitReader
  const { extraBits, bases } = positionSlots
  const slots = codes.positionSlots
  const main = codes.main.entries
  const lengths = codes.lengths.entries
  const aligned = codes.aligned?.entries
  const lastInput = bitReader.end + 2 // the reader looks one word ahead
  let { bits, count, next } = bitReader
  let [r0 = 1, r1 = 1, r2 = 1] = recent
  let at = start
  while (at < end && next <= lastInput) {
    if (count <= 16) {
      bits |= (((input[next + 1] ?? 0) << 8) | (input[next] ?? 0)) << (16 - count)
      count += 16
      next += 2
    }
    let entry = main[bits >>> (32 - MAIN_BITS)] ?? 0
    if (entry < 0) entry = main[((bits >>> 16) & ((1 << (16 - MAIN_BITS)) - 1)) - entry] ?? 0
    bits <<= entry & 31
    count -= entry & 31
    if (entry < LITERAL_ENTRIES) {
      window[at++] = entry >> 5
      continue
    }
    const symbol = (entry >> 5) - LITERALS
    const slot = symbol >> 3
    if (slot >= slots) throw damaged('an LZX block has a word outside its code')
    let length = symbol & 7
    if (length === LONG_LENGTH) {
      if (count <= 16) {
        bits |= (((input[next + 1] ?? 0) << 8) | (input[next] ?? 0)) << (16 - count)
        count += 16
        next += 2
      }
      entry = lengths[bits >>> (32 - LENGTH_BITS)] ?? 0
      if (entry < 0) {
        entry = lengths[((bits >>> 16) & ((1 << (16 - LENGTH_BITS)) - 1)) - entry] ?? 0
      }
      bits <<= entry & 31
      count -= entry & 31
      const more = entry >> 5
      if (more >= LENGTH_SYMBOLS) throw damaged('an LZX block has a word outside its code')
      length += more
    }
    length += MIN_MATCH
    let offset: number
    if (slot === 0) {
      offset = r0
    } else if (slot === 1) {
      offset = r1
      r1 = r0
      r0 = offset
    } else if (slot === 2) {
      offset = r2
      r2 = r0
      r0 = offset
    } else {
      let extra = extraBits[slot] ?? 0
      offset = (bases[slot] ?? 0) - 2
      if (count <= 16) {
        bits |= (((input[next + 1] ?? 0) << 8) | (input[next] ?? 0)) << (16 - count)
        count += 16
        next += 2
      }
      const low = aligned !== undefined && extra >= 3
      if (low) extra -= 3
      // A shift by 32 does nothing, so that 0 bits need two steps.
      const verbatim = (bits >>> 1) >>> (31 - extra)
      bits <<= extra
      count -= extra
      if (low) {
        if (count <= 16) {
          bits |= (((input[next + 1] ?? 0) << 8) | (input[next] ?? 0)) << (16 - count)
          count += 16
          next += 2
        }
        entry = aligned[bits >>> (32 - ALIGNED_BITS)] ?? 0
        bits <<= entry & 31
        count -= entry & 31
        if (entry >> 5 > 7) throw damaged('an LZX block has a word outside its code')
        offset += (verbatim << 3) + (entry >> 5)
      } else {
        offset += verbatim
      }
      r2 = r1
      r1 = r0
      r0 = offset
    }
    if (length > end - at) throw damaged('an LZX match goes beyond its block')
    if (offset > at || offset > windowBytes || offset <= 0)
      throw damaged('an LZX match begins before the content')
    let from = at - offset
    if (length >= LONG_COPY && offset >= length) {
      window.copyWithin(at, from, from + length)
      at += length
    } else {
      for (const stop = at + length; at < stop;) window[at++] = window[from++] ?? 0
    }
  }
  if (at < end) throw damaged('an LZX block ends too early')
  bitReader.bits = bits
  bitReader.count = count
  bitReader.next = next
  recent[0] = r0
  recent[1] = r1
  recent[2] = r2
}
