import { DamagedFile } from './damaged-file.ts'
import { hex8 } from '../ids/hex8.ts'

/** Fixed-width fields of a byte range; every access outside of it throws DamagedFile. */
export class BinaryView {
  readonly bytes: Uint8Array
  readonly #view: DataView
  readonly #littleEndian: boolean

  constructor(bytes: Uint8Array, littleEndian = true) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#littleEndian = littleEndian
  }

  get length(): number {
    return this.bytes.byteLength
  }

  u8(offset: number): number {
    return this.#view.getUint8(this.#checked(offset, 1))
  }

  u16(offset: number): number {
    return this.#view.getUint16(this.#checked(offset, 2), this.#littleEndian)
  }

  u32(offset: number): number {
    return this.#view.getUint32(this.#checked(offset, 4), this.#littleEndian)
  }

  /** A 64-bit field as a number. Above 2^53 it is inexact, and then still larger than any file. */
  u64(offset: number): number {
    return Number(this.#view.getBigUint64(this.#checked(offset, 8), this.#littleEndian))
  }

  slice(offset: number, length: number): Uint8Array {
    this.#checked(offset, length)
    return this.bytes.subarray(offset, offset + length)
  }

  /** Text up to the first NUL, or up to the end of the range; UTF-8, with U+FFFD for what is not. */
  text(offset: number): string {
    this.#checked(offset, 0)
    const end = this.bytes.indexOf(0, offset)
    return Buffer.from(this.bytes.subarray(offset, end === -1 ? undefined : end)).toString('utf8')
  }

  /** A GUID stored as Windows does (first three fields in the view's byte order), as 32 upper-case digits. */
  guid(offset: number): string {
    const head = hex8(this.u32(offset)) + hex4(this.u16(offset + 4)) + hex4(this.u16(offset + 6))
    return (
      head +
      Buffer.from(this.slice(offset + 8, 8))
        .toString('hex')
        .toUpperCase()
    )
  }

  #checked(offset: number, length: number): number {
    const inside = offset >= 0 && length >= 0 && offset + length <= this.bytes.byteLength
    if (!inside) throw new DamagedFile('a structure is cut off')
    return offset
  }
}

function hex4(value: number): string {
  return hex8(value).slice(4)
}
