/** Bits for each entry, and probes: together about 1 % of false «perhaps». */
const BITS_PER_ENTRY = 10
const PROBES = 7

/** A set of strings that says «certainly not» or «perhaps», in 1.25 bytes an entry. Nothing can be taken out. */
export class BloomFilter {
  readonly #bits: Uint32Array
  readonly #mask: number

  /** Made for `entries` strings (at most 400 million); more only make «perhaps» more frequent. */
  constructor(entries: number) {
    const bits = 2 ** Math.min(32, Math.max(10, Math.ceil(Math.log2(entries * BITS_PER_ENTRY))))
    this.#bits = new Uint32Array(bits / 32)
    this.#mask = bits - 1
  }

  add(text: string): void {
    const [first, second] = hashes(text)
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = ((first + probe * second) & this.#mask) >>> 0
      const word = bit >>> 5
      this.#bits[word] = (this.#bits[word] ?? 0) | (1 << (bit & 31))
    }
  }

  /** False only when the text was certainly never added. */
  mayHave(text: string): boolean {
    const [first, second] = hashes(text)
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = ((first + probe * second) & this.#mask) >>> 0
      if (((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false
    }
    return true
  }
}

/** Two FNV-1a hashes with different offsets; the second is odd, so that probes differ. */
function hashes(text: string): readonly [number, number] {
  let first = 0x811c9dc5
  let second = 0x2f0b4a27
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    first = Math.imul(first ^ code, 0x01000193)
    second = Math.imul(second ^ code, 0x01000193) ^ (second >>> 15)
  }
  return [first ^ (first >>> 16), (second ^ (second >>> 13)) | 1]
}
