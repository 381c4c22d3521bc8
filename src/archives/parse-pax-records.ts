import { decodeTarName } from './decode-tar-name.ts'

/** What a pax header overrides, as far as it concerns a reader of regular files. */
export interface PaxRecords {
  readonly path?: string
  /** As stored: the reader decides what is a number. */
  readonly size?: string
  /** Set when the member is stored by one of GNU tar's sparse formats. */
  readonly sparse?: true
}

const MAX_LENGTH_DIGITS = 8

/**
 * Parses the records `<length> <key>=<value>\n` of a pax header, or returns undefined when they are
 * malformed. Later records win, an empty value leaves what was there (POSIX.1-2024 pax, "pax Extended
 * Header").
 */
export function parsePaxRecords(bytes: Buffer): PaxRecords | undefined {
  let records: PaxRecords = {}
  let offset = 0
  while (offset < bytes.length) {
    const space = bytes.indexOf(0x20, offset)
    if (space === -1 || space - offset > MAX_LENGTH_DIGITS) return undefined
    const digits = bytes.toString('latin1', offset, space)
    if (!/^\d+$/.test(digits)) return undefined
    const end = offset + Number(digits)
    if (end > bytes.length || end - 1 <= space || bytes[end - 1] !== 0x0a) return undefined
    const equals = bytes.indexOf(0x3d, space)
    if (equals === -1 || equals >= end) return undefined
    const key = bytes.toString('latin1', space + 1, equals)
    records = { ...records, ...override(key, bytes.subarray(equals + 1, end - 1)) }
    offset = end
  }
  return records
}

function override(key: string, value: Buffer): PaxRecords {
  if (key.startsWith('GNU.sparse.')) return { sparse: true }
  if (value.length === 0) return {}
  if (key === 'path') return { path: decodeTarName(value) }
  if (key === 'size') return { size: value.toString('latin1') }
  return {}
}
