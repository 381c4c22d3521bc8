import { damaged } from '../damaged.ts'
import type { BitReader } from './bit-reader.ts'
import { HuffmanTable } from './huffman-table.ts'

const PRETREE_SYMBOLS = 20
const PRETREE_LENGTH_BITS = 4

/** Primary bits of the pretree's table; the other half of the 16 makes its secondary ones. */
const PRETREE_BITS = 8

/** Lengths are told as differences modulo 17, for they run from 0 to 16. */
const LENGTHS = 17

/** Pretree symbols that are no differences: runs of zeros, short and long, and of one length. */
const ZEROS = 17
const MORE_ZEROS = 18
const SAME = 19

/** Reads the code word lengths of LZX's Huffman codes, each coded by a small code of its own. */
export class CodeLengthReader {
  readonly #pretree = new HuffmanTable(PRETREE_SYMBOLS, PRETREE_BITS)
  readonly #pretreeLengths = new Uint8Array(PRETREE_SYMBOLS)

  /** Brings `lengths[start, end)`, which hold the lengths of the block before, up to date. Throws `archive_damaged` where that cannot be. */
  read(bits: BitReader, lengths: Uint8Array, start: number, end: number): void {
    for (let i = 0; i < PRETREE_SYMBOLS; i++) {
      this.#pretreeLengths[i] = bits.read(PRETREE_LENGTH_BITS)
    }
    this.#pretree.build(this.#pretreeLengths)
    let at = start
    while (at < end) {
      const symbol = this.#readSymbol(bits)
      if (symbol < ZEROS) {
        lengths[at] = difference(lengths[at], symbol)
        at++
        continue
      }
      const { run, length } = this.#readRun(bits, symbol, lengths[at])
      if (run > end - at) throw damaged('an LZX code has too many lengths')
      lengths.fill(length, at, at + run)
      at += run
    }
  }

  #readRun(
    bits: BitReader,
    symbol: number,
    old: number | undefined,
  ): { run: number; length: number } {
    if (symbol === ZEROS) return { run: 4 + bits.read(4), length: 0 }
    if (symbol === MORE_ZEROS) return { run: 20 + bits.read(5), length: 0 }
    const run = 4 + bits.read(1)
    const next = symbol === SAME ? this.#readSymbol(bits) : symbol
    if (next >= ZEROS) throw damaged('an LZX code has an impossible length')
    return { run, length: difference(old, next) }
  }

  #readSymbol(bits: BitReader): number {
    bits.need()
    const { entries } = this.#pretree
    let entry = entries[bits.bits >>> (32 - PRETREE_BITS)] ?? 0
    if (entry < 0) {
      entry = entries[((bits.bits >>> 16) & ((1 << (16 - PRETREE_BITS)) - 1)) - entry] ?? 0
    }
    bits.drop(entry & 31)
    return entry >> 5
  }
}

function difference(old: number | undefined, symbol: number): number {
  return ((old ?? 0) - symbol + LENGTHS) % LENGTHS
}
