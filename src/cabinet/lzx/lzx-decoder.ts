import type { BlockDecoder } from '../block-decoder.ts'
import { damaged } from '../damaged.ts'
import { MAX_BLOCK_BYTES } from '../max-block-bytes.ts'
import { BitReader } from './bit-reader.ts'
import { CodeLengthReader } from './code-length-reader.ts'
import { ALIGNED_BITS, decodeMatches, LENGTH_BITS, MAIN_BITS } from './decode-matches.ts'
import { HuffmanTable } from './huffman-table.ts'
import { positionSlots } from './position-slots.ts'
import { translateCalls } from './translate-calls.ts'

const LITERALS = 256
const LENGTH_SYMBOLS = 249
const ALIGNED_SYMBOLS = 8
const RECENT_OFFSETS = 3

/** The window slides down when this much has been decoded beyond it: long matches never wrap around. */
const SLIDE_BYTES = 1 << 20

const VERBATIM = 1
const ALIGNED = 2
const UNCOMPRESSED = 3

/**
 * LZX as cabinets use it: each data block is one frame, and its bits start anew at a word.
 * Facts beyond Microsoft's paper are those that the head of libmspack's lzxd.c lists.
 */
export class LzxDecoder implements BlockDecoder {
  readonly #windowBytes: number
  readonly #window: Uint8Array
  readonly #bits: BitReader
  readonly #recent = new Int32Array(RECENT_OFFSETS).fill(1)
  readonly #codeLengths = new CodeLengthReader()
  readonly #mainLengths: Uint8Array
  readonly #lengthLengths = new Uint8Array(LENGTH_SYMBOLS)
  readonly #alignedLengths = new Uint8Array(ALIGNED_SYMBOLS)
  readonly #main: HuffmanTable
  readonly #lengths = new HuffmanTable(LENGTH_SYMBOLS, LENGTH_BITS)
  readonly #aligned = new HuffmanTable(ALIGNED_SYMBOLS, ALIGNED_BITS)
  readonly #positionSlots: number
  /** Where the next byte goes in the window. */
  #at = 0
  #decodedBytes = 0
  /** What x86 calls were translated for, 0 for not at all; undefined until the stream's header is read. */
  #callsFileSize: number | undefined
  #blockType = VERBATIM
  #blockLeft = 0
  #padded = false
  #ended = false

  /** `windowBits` is 15 to 21; `maxInputBytes` bounds the blocks that will come. */
  constructor(windowBits: number, maxInputBytes: number) {
    this.#windowBytes = 1 << windowBits
    this.#window = new Uint8Array(this.#windowBytes + SLIDE_BYTES)
    this.#bits = new BitReader(maxInputBytes)
    this.#positionSlots = positionSlots.count(this.#windowBytes)
    const mainSymbols = LITERALS + 8 * this.#positionSlots
    this.#mainLengths = new Uint8Array(mainSymbols)
    this.#main = new HuffmanTable(mainSymbols, MAIN_BITS)
  }

  decode(block: Uint8Array, out: Uint8Array): void {
    if (this.#ended) throw damaged('an LZX frame before its last is short')
    this.#ended = out.byteLength < MAX_BLOCK_BYTES
    this.#bits.load(block)
    this.#callsFileSize ??= this.#readHeader()
    this.#slide()
    const start = this.#at
    const end = start + out.byteLength
    while (this.#at < end) {
      // Ends: each header takes bits, and the reader throws when there are no more.
      if (this.#blockLeft === 0) this.#readBlockHeader()
      const run = Math.min(this.#blockLeft, end - this.#at)
      if (this.#blockType === UNCOMPRESSED) this.#copy(run)
      else this.#decodeRun(run)
      this.#at += run
      this.#blockLeft -= run
    }
    if (this.#blockLeft === 0) this.#skipPad()
    this.#bits.check()
    out.set(this.#window.subarray(start, end))
    if (this.#callsFileSize !== 0) translateCalls(out, this.#decodedBytes, this.#callsFileSize)
    this.#decodedBytes += out.byteLength
  }

  #readHeader(): number {
    return this.#bits.read(1) === 0 ? 0 : (this.#bits.read(16) << 16) | this.#bits.read(16)
  }

  #slide(): void {
    if (this.#at + MAX_BLOCK_BYTES <= this.#window.byteLength) return
    this.#window.copyWithin(0, this.#at - this.#windowBytes, this.#at)
    this.#at = this.#windowBytes
  }

  #readBlockHeader(): void {
    this.#skipPad()
    const bits = this.#bits
    this.#blockType = bits.read(3)
    this.#blockLeft = (bits.read(16) << 8) | bits.read(8)
    if (this.#blockType === UNCOMPRESSED) {
      this.#readRecentOffsets()
      this.#padded = (this.#blockLeft & 1) === 1
      return
    }
    if (this.#blockType === ALIGNED) {
      for (let i = 0; i < ALIGNED_SYMBOLS; i++) this.#alignedLengths[i] = bits.read(3)
      this.#aligned.build(this.#alignedLengths)
    } else if (this.#blockType !== VERBATIM) {
      throw damaged(`an LZX block of type ${this.#blockType}`)
    }
    const codeLengths = this.#codeLengths
    codeLengths.read(bits, this.#mainLengths, 0, LITERALS)
    codeLengths.read(bits, this.#mainLengths, LITERALS, this.#mainLengths.length)
    this.#main.build(this.#mainLengths)
    codeLengths.read(bits, this.#lengthLengths, 0, LENGTH_SYMBOLS)
    this.#lengths.build(this.#lengthLengths)
  }

  #readRecentOffsets(): void {
    const bits = this.#bits
    bits.alignToWord()
    const bytes = 4 * RECENT_OFFSETS
    if (bits.next + bytes > bits.end) throw damaged('an LZX block ends too early')
    const view = new DataView(bits.input.buffer, bits.next, bytes)
    for (let i = 0; i < RECENT_OFFSETS; i++) this.#recent[i] = view.getInt32(4 * i, true)
    bits.next += bytes
  }

  #copy(run: number): void {
    const { input, next, end } = this.#bits
    if (run > end - next) throw damaged('an LZX block ends too early')
    this.#window.set(input.subarray(next, next + run), this.#at)
    this.#bits.next += run
  }

  #decodeRun(run: number): void {
    decodeMatches(
      this.#bits,
      {
        main: this.#main,
        lengths: this.#lengths,
        aligned: this.#blockType === ALIGNED ? this.#aligned : undefined,
        positionSlots: this.#positionSlots,
      },
      this.#recent,
      this.#window,
      this.#windowBytes,
      this.#at,
      this.#at + run,
    )
  }

  /** An uncompressed block of odd length is followed by one byte of padding; it may come with the next frame. */
  #skipPad(): void {
    if (!this.#padded || this.#bits.next >= this.#bits.end) return
    this.#bits.next++
    this.#padded = false
  }
}
