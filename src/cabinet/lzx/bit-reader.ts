import type { AppError } from '../../lib/app-error.ts'
import { damaged } from '../damaged.ts'

/** Zero bytes kept behind the input: one symbol with all its parts takes less than this. */
const SLACK_BYTES = 16

/**
 * Reads LZX's bits: 16-bit little-endian words, the highest bit first.
 *
 * `bits` holds the next `count` bits left-aligned, `next` is the byte that follows them in `input`. They
 * are open for the symbol loop, which keeps them in local variables.
 */
export class BitReader {
  readonly input: Uint8Array
  bits = 0
  count = 0
  next = 0
  /** Where the input ends; zeros follow. */
  end = 0

  constructor(maxInputBytes: number) {
    this.input = new Uint8Array(maxInputBytes + SLACK_BYTES)
  }

  /** Starts over with these bytes, which are copied; they must not exceed `maxInputBytes`. */
  load(bytes: Uint8Array): void {
    this.input.set(bytes)
    this.input.fill(0, bytes.byteLength, bytes.byteLength + SLACK_BYTES)
    this.end = bytes.byteLength
    this.next = 0
    this.bits = 0
    this.count = 0
  }

  /** The next `width` bits (1 to 16). Throws `archive_damaged` beyond the end. */
  read(width: number): number {
    this.need()
    const value = this.bits >>> (32 - width)
    this.drop(width)
    return value
  }

  /** Makes at least 17 bits ready, zeros beyond the end; throws `archive_damaged` when bits from beyond it were taken. */
  need(): void {
    while (this.count <= 16) {
      if (this.next >= this.end + SLACK_BYTES - 1) throw overrun()
      this.bits |=
        (((this.input[this.next + 1] ?? 0) << 8) | (this.input[this.next] ?? 0)) <<
        (16 - this.count)
      this.count += 16
      this.next += 2
    }
  }

  drop(width: number): void {
    this.bits <<= width
    this.count -= width
  }

  /**
   * Goes on to the next 16-bit boundary and takes up reading by bytes there (`next`). A stream that is
   * at a boundary already skips a whole word, which no paper says but every encoder writes (libmspack, lzxd.c).
   */
  alignToWord(): void {
    const spare = this.count & 15
    this.next -= (this.count >>> 4) * 2
    if (spare === 0) this.next += 2
    this.bits = 0
    this.count = 0
  }

  /** Throws `archive_damaged` when more bits were taken than there are. */
  check(): void {
    if (this.next * 8 - this.count > this.end * 8) throw overrun()
  }
}

function overrun(): AppError {
  return damaged('an LZX block ends too early')
}
