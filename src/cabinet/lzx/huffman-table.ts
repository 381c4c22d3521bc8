import { damaged } from '../damaged.ts'

/** Code words are at most this long in LZX. */
const MAX_CODE_BITS = 16

/** The symbol that bits outside the code give; no LZX alphabet is so large. */
const INVALID_SYMBOL = 1023

/**
 * A canonical Huffman code as a lookup table in two steps.
 *
 * `entries[top]` by the next `primaryBits` bits is `symbol << 5 | length`; where the code word is longer it
 * is negative, and `entries[secondary - entry]` by the bits up to the 16th is such an entry. Bits that
 * are no code word give symbol 1023 and some length.
 */
export class HuffmanTable {
  readonly entries: Int32Array
  readonly primaryBits: number
  readonly #sorted: Uint16Array
  readonly #starts = new Uint16Array(MAX_CODE_BITS + 2)

  constructor(symbols: number, primaryBits: number) {
    this.primaryBits = primaryBits
    // Each secondary table holds at least one symbol of its own.
    this.entries = new Int32Array((1 << primaryBits) + (symbols << (MAX_CODE_BITS - primaryBits)))
    this.#sorted = new Uint16Array(symbols)
  }

  /**
   * Takes up the code with these word lengths, 0 for unused symbols. A code may leave words unused;
   * throws `archive_damaged` when it has too many words for their lengths.
   */
  build(lengths: Uint8Array): void {
    this.#sort(lengths)
    const { entries, primaryBits } = this
    const secondaryBits = MAX_CODE_BITS - primaryBits
    const secondaryMask = (1 << secondaryBits) - 1
    const invalid = (INVALID_SYMBOL << 5) | 1
    let free = 1 << primaryBits // where the next secondary table goes
    let code = 0 // left-aligned in 16 bits
    let index = this.#starts[1] ?? 0
    entries.fill(invalid, 0, free)
    for (let length = 1; length <= MAX_CODE_BITS; length++) {
      const step = 1 << (MAX_CODE_BITS - length)
      for (const stop = this.#starts[length + 1] ?? 0; index < stop; index++) {
        if (code + step > 1 << MAX_CODE_BITS) {
          throw damaged('an LZX block has an impossible Huffman code')
        }
        const entry = ((this.#sorted[index] ?? 0) << 5) | length
        const top = code >>> secondaryBits
        if (length <= primaryBits) {
          entries.fill(entry, top, top + (step >>> secondaryBits))
        } else {
          if ((code & secondaryMask) === 0) {
            entries[top] = -free
            entries.fill(invalid, free, free + secondaryMask + 1)
            free += secondaryMask + 1
          }
          const at = -(entries[top] ?? 0) + (code & secondaryMask)
          entries.fill(entry, at, at + step)
        }
        code += step
      }
    }
  }

  /** Sorts the used symbols by length, then value; `#starts[n]` is where those of length n begin. */
  #sort(lengths: Uint8Array): void {
    const starts = this.#starts
    starts.fill(0)
    for (const length of lengths) if (length > 0) starts[length + 1] = (starts[length + 1] ?? 0) + 1
    for (let length = 1; length <= MAX_CODE_BITS + 1; length++) {
      starts[length] = (starts[length] ?? 0) + (starts[length - 1] ?? 0)
    }
    const next = starts.slice()
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      const length = lengths[symbol] ?? 0
      if (length === 0) continue
      const at = next[length] ?? 0
      this.#sorted[at] = symbol
      next[length] = at + 1
    }
  }
}
