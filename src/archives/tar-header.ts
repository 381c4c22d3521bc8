import { decodeTarName } from './decode-tar-name.ts'
import { untilNul } from './until-nul.ts'

/** What a tar reader needs of a 512-byte header block. */
export interface TarHeader {
  /** The name as stored, with the ustar prefix before it. */
  readonly name: string
  /** The size field, or undefined when it holds no number. */
  readonly size: number | undefined
  /** The type flag as one character; the old formats' NUL is told as `0`. */
  readonly type: string
}

const CHECKSUM_START = 148
const CHECKSUM_END = 156

/**
 * Parses a tar header block (v7, ustar, pax, GNU), or returns undefined when its checksum is wrong or it
 * is no header. The layout is POSIX.1-2024 pax "ustar Interchange Format", numbers also GNU's base-256.
 */
export function parseTarHeader(block: Uint8Array): TarHeader | undefined {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength)
  if (!hasValidChecksum(bytes)) return undefined
  const name = decodeTarName(untilNul(bytes.subarray(0, 100)))
  // GNU tar's magic is "ustar " and uses the prefix's place for other things.
  const hasPrefix = bytes.toString('latin1', 257, 263) === 'ustar\0'
  const prefix = hasPrefix ? decodeTarName(untilNul(bytes.subarray(345, 500))) : ''
  const flag = bytes.toString('latin1', 156, 157)
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: parseNumber(bytes.subarray(124, 136)),
    type: flag === '\0' ? '0' : flag,
  }
}

function hasValidChecksum(bytes: Buffer): boolean {
  let unsigned = 0
  let signed = 0 // some old tars summed their bytes as signed characters
  for (const [index, byte] of bytes.entries()) {
    const counted = index >= CHECKSUM_START && index < CHECKSUM_END ? 0x20 : byte
    unsigned += counted
    signed += counted > 0x7f ? counted - 0x100 : counted
  }
  const stated = parseNumber(bytes.subarray(CHECKSUM_START, CHECKSUM_END))
  return stated !== undefined && (stated === unsigned || stated === signed)
}

function parseNumber(field: Buffer): number | undefined {
  const first = field[0] ?? 0
  if (first >= 0x80) return parseBase256(field)
  const digits = /^ *([0-7]*)(?:[ \0]|$)/.exec(field.toString('latin1'))?.[1]
  if (digits === undefined) return undefined
  return digits === '' ? 0 : Number.parseInt(digits, 8)
}

/** GNU's form for large numbers: big-endian after a first byte of 0x80; 0xff begins a negative one. */
function parseBase256(field: Buffer): number | undefined {
  if (field[0] !== 0x80) return undefined
  const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0)
  return Number.isSafeInteger(value) ? value : undefined
}
