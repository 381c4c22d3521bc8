import type { MadeFolder } from './make-cabinet.ts'
import type { Random } from './random.ts'

const FRAME = 32_768
const VERBATIM = 1
const ALIGNED = 2
const UNCOMPRESSED = 3

export interface RandomLzxOptions {
  readonly windowBits: number
  readonly size: number
  /** The file size for the translation of x86 calls; 0 for none. */
  readonly callsFileSize: number
}

/**
 * A random but right LZX stream and the content that it stands for. It is written from the format's description
 * alone, apart from the decoder, and takes every turn of the format: all block types, odd lengths, long and
 * missing codes, repeated offsets, blocks that end anywhere. It compresses nothing.
 */
export function randomLzx(
  random: Random,
  options: RandomLzxOptions,
): { blocks: MadeFolder['blocks']; content: Uint8Array } {
  return new RandomLzx(random, options).make()
}

class RandomLzx {
  readonly #random: Random
  readonly #options: RandomLzxOptions
  readonly #out: Uint8Array
  readonly #frames: { packed: Uint8Array; size: number }[] = []
  readonly #slots: number
  #bits = new BitWriter()
  #at = 0
  #recent: [number, number, number] = [1, 1, 1]
  #mainLengths: number[]
  #lengthLengths: number[] = Array.from({ length: 249 }, () => 0)

  constructor(random: Random, options: RandomLzxOptions) {
    this.#random = random
    this.#options = options
    this.#out = new Uint8Array(options.size)
    this.#slots = [30, 32, 34, 36, 38, 42, 50][options.windowBits - 15]!
    this.#mainLengths = Array.from({ length: 256 + 8 * this.#slots }, () => 0)
  }

  make(): { blocks: MadeFolder['blocks']; content: Uint8Array } {
    const { callsFileSize, size } = this.#options
    this.#bits.write(callsFileSize === 0 ? 0 : 1, 1)
    if (callsFileSize !== 0) {
      this.#bits.write(callsFileSize >>> 16, 16)
      this.#bits.write(callsFileSize & 0xffff, 16)
    }
    while (this.#at < size) {
      const length = Math.min(this.#blockLength(), size - this.#at)
      const type = this.#random.pick([VERBATIM, ALIGNED, UNCOMPRESSED])
      this.#bits.write(type, 3)
      this.#bits.write(length >>> 8, 16)
      this.#bits.write(length & 0xff, 8)
      if (type === UNCOMPRESSED) this.#writeUncompressed(length)
      else this.#writeCompressed(type, length)
    }
    if (size % FRAME !== 0) this.#endFrame()
    return { blocks: this.#frames, content: translated(this.#out, callsFileSize) }
  }

  /** Blocks that end just where a frame does are not rare. */
  #blockLength(): number {
    if (this.#random.chance(0.2)) return this.#frameLeft()
    return 1 + this.#random.below(this.#random.pick([40, 3000, 50_000, 100_000]))
  }

  #endFrame(): void {
    const size = ((this.#at - 1) % FRAME) + 1
    this.#frames.push({ packed: this.#bits.end(), size })
    this.#bits = new BitWriter()
  }

  #frameLeft(): number {
    return FRAME - (this.#at % FRAME)
  }

  #writeUncompressed(length: number): void {
    this.#recent = [this.#offset(), this.#offset(), this.#offset()]
    this.#bits.startBytes()
    const recent = Buffer.alloc(12)
    for (const [i, offset] of this.#recent.entries()) recent.writeInt32LE(offset, 4 * i)
    this.#bits.bytes(recent)
    for (let left = length; left > 0;) {
      const part = this.#random.bytes(Math.min(left, this.#frameLeft()))
      this.#out.set(part, this.#at)
      this.#bits.bytes(part)
      this.#at += part.byteLength
      left -= part.byteLength
      if (left === 0 && length % 2 === 1) this.#bits.bytes(Uint8Array.of(0))
      if (this.#at % FRAME === 0) this.#endFrame()
    }
  }

  #writeCompressed(type: number, length: number): void {
    const alignedLengths = randomCode(this.#random, 8, 8, 7)
    if (type === ALIGNED) for (const bits of alignedLengths) this.#bits.write(bits, 3)
    const main = randomCode(this.#random, this.#mainLengths.length, this.#mainLengths.length, 16)
    const lengths = randomCode(this.#random, 249, this.#random.pick([0, 2, 100, 249]), 16)
    this.#writeLengths(this.#mainLengths.slice(0, 256), main.slice(0, 256))
    this.#writeLengths(this.#mainLengths.slice(256), main.slice(256))
    this.#writeLengths(this.#lengthLengths, lengths)
    this.#mainLengths = main
    this.#lengthLengths = lengths
    const codes = {
      main: codesOf(main),
      lengths: codesOf(lengths),
      aligned: type === ALIGNED ? codesOf(alignedLengths) : undefined,
    }
    for (const end = this.#at + length; this.#at < end;) {
      const room = Math.min(end - this.#at, this.#frameLeft())
      if (room >= 2 && this.#at > 0 && this.#random.chance(0.4)) this.#writeMatch(codes, room)
      else this.#writeLiteral(codes.main)
      if (this.#at % FRAME === 0) this.#endFrame()
    }
  }

  #writeLiteral(main: Code): void {
    // Bytes that make calls with targets in range are frequent.
    const literal = this.#random.chance(0.4)
      ? this.#random.pick([0xe8, 0, 1, 0xff])
      : this.#random.below(256)
    this.#bits.word(main, literal)
    this.#out[this.#at++] = literal
  }

  #writeMatch(codes: { main: Code; lengths: Code; aligned: Code | undefined }, room: number): void {
    const mostUsed = codes.lengths.findLastIndex((word) => word.length > 0)
    let length = Math.min(2 + this.#random.below(this.#random.pick([7, 30, 256])), room, 257)
    if (length >= 9 && (codes.lengths[length - 9]?.length ?? 0) === 0)
      length = mostUsed === -1 ? 8 : 2
    length = Math.min(length, room)
    const repeated = this.#random.below(6)
    const usable = repeated < 3 && this.#recent[repeated]! <= this.#at
    const offset = usable ? this.#recent[repeated]! : this.#offset()
    const slot = usable ? repeated : slotOf(offset + 2)
    const head = Math.min(length - 2, 7)
    this.#bits.word(codes.main, 256 + slot * 8 + head)
    if (head === 7) this.#bits.word(codes.lengths, length - 9)
    if (usable) {
      this.#recent[repeated] = this.#recent[0]
    } else {
      this.#recent[2] = this.#recent[1]
      this.#recent[1] = this.#recent[0]
      this.#writeOffset(offset + 2, slot, codes.aligned)
    }
    this.#recent[0] = offset
    for (let i = 0; i < length; i++, this.#at++) this.#out[this.#at] = this.#out[this.#at - offset]!
  }

  #writeOffset(formatted: number, slot: number, aligned: Code | undefined): void {
    const extra = extraBits(slot)
    const rest = formatted - base(slot)
    if (aligned === undefined || extra < 3) {
      this.#bits.write(rest, extra)
      return
    }
    this.#bits.write(rest >> 3, extra - 3)
    this.#bits.word(aligned, rest & 7)
  }

  /** An offset that can be used here: near ones as often as far ones. */
  #offset(): number {
    const most = Math.max(1, Math.min(this.#at, 2 ** this.#options.windowBits - 3))
    return 1 + this.#random.below(Math.min(most, 2 ** (1 + this.#random.below(21))))
  }

  /** Code lengths as differences to the old ones, with every kind of run where there is one. */
  #writeLengths(old: readonly number[], lengths: readonly number[]): void {
    const pretreeLengths = randomCode(this.#random, 20, 20, 15)
    const pretree = codesOf(pretreeLengths)
    for (const length of pretreeLengths) this.#bits.write(length, 4)
    for (let at = 0; at < lengths.length;) {
      const beyond = lengths.findIndex((length, i) => i > at && length !== lengths[at])
      const run = (beyond === -1 ? lengths.length : beyond) - at
      const symbol = (old[at]! - lengths[at]! + 17) % 17
      if (lengths[at] === 0 && run >= 20) {
        const used = Math.min(run, 51)
        this.#bits.word(pretree, 18)
        this.#bits.write(used - 20, 5)
        at += used
      } else if (lengths[at] === 0 && run >= 4) {
        const used = Math.min(run, 19)
        this.#bits.word(pretree, 17)
        this.#bits.write(used - 4, 4)
        at += used
      } else if (run >= 4) {
        const used = Math.min(run, 5)
        this.#bits.word(pretree, 19)
        this.#bits.write(used - 4, 1)
        this.#bits.word(pretree, symbol)
        at += used
      } else {
        this.#bits.word(pretree, symbol)
        at++
      }
    }
  }
}

/** Code words by symbol; a length of 0 for those that have none. */
type Code = readonly { readonly bits: number; readonly length: number }[]

/** 16-bit little-endian words, the highest bit first. */
class BitWriter {
  readonly #bytes: number[] = []
  #word = 0
  #free = 16

  write(value: number, width: number): void {
    for (let bit = width - 1; bit >= 0; bit--) {
      this.#word |= ((value >>> bit) & 1) << --this.#free
      if (this.#free === 0) this.#flush()
    }
  }

  word(code: Code, symbol: number): void {
    const { bits, length } = code[symbol]!
    if (length === 0) throw new Error(`symbol ${symbol} has no word`)
    this.write(bits, length)
  }

  /** Goes on in bytes at the next word; a stream that is at one already leaves a whole word out. */
  startBytes(): void {
    this.#flush()
  }

  bytes(bytes: Uint8Array): void {
    this.#bytes.push(...bytes)
  }

  end(): Uint8Array {
    if (this.#free < 16) this.#flush()
    return Uint8Array.from(this.#bytes)
  }

  #flush(): void {
    this.#bytes.push(this.#word & 0xff, this.#word >>> 8)
    this.#word = 0
    this.#free = 16
  }
}

/** Lengths of a complete code for `used` random symbols of `symbols`, some words short, some as long as may be. */
function randomCode(random: Random, symbols: number, used: number, longest: number): number[] {
  const leaves = used === 0 ? [] : [1, 1]
  while (leaves.length < used) {
    const deep = random.chance(0.3) ? leaves.length - 1 : random.below(leaves.length)
    const leaf = leaves[deep]!
    if (leaf >= longest) continue
    leaves[deep] = leaf + 1
    leaves.push(leaf + 1)
  }
  const lengths = Array.from({ length: symbols }, (_, i) => leaves[i] ?? 0)
  for (let i = symbols - 1; i > 0; i--) {
    const other = random.below(i + 1)
    const swapped = lengths[i]!
    lengths[i] = lengths[other]!
    lengths[other] = swapped
  }
  return lengths
}

/** The canonical code with these lengths. */
function codesOf(lengths: readonly number[]): Code {
  const words = lengths.map((length) => ({ bits: 0, length }))
  let next = 0
  for (let length = 1; length <= 16; length++) {
    next <<= 1
    for (const word of words) if (word.length === length) word.bits = next++
  }
  return words
}

function extraBits(slot: number): number {
  return slot < 4 ? 0 : Math.min(Math.floor(slot / 2) - 1, 17)
}

function base(slot: number): number {
  let sum = 0
  for (let i = 0; i < slot; i++) sum += 2 ** extraBits(i)
  return sum
}

function slotOf(formatted: number): number {
  let slot = 0
  while (base(slot + 1) <= formatted) slot++
  return slot
}

/** What a decoder gives for calls whose targets were made absolute; each frame alone, its last ten bytes never. */
function translated(bytes: Uint8Array, fileSize: number): Uint8Array {
  const out = Buffer.from(bytes)
  if (fileSize === 0) return out
  for (let frame = 0; frame < out.byteLength; frame += FRAME) {
    const end = Math.min(frame + FRAME, out.byteLength) - 10
    for (let at = frame; at < end; at++) {
      if (out[at] !== 0xe8) continue
      const target = out.readInt32LE(at + 1)
      if (target >= -at && target < fileSize) {
        out.writeInt32LE(target >= 0 ? target - at : target + fileSize, at + 1)
      }
      at += 4
    }
  }
  return out
}
