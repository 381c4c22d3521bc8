import { crc32, deflateRawSync } from 'node:zlib'

/** One entry of a made zip. Whatever is not said is made as an honest archiver would. */
export interface ZipEntrySpec {
  readonly name: string | Buffer
  readonly data?: Buffer | string
  /** Compression method; 0 and 8 are really applied, others only claimed. 8 when not said. */
  readonly method?: number
  /** General purpose flags beyond UTF-8 names and data descriptors. */
  readonly flags?: number
  /** Unix mode with its file type, as in `0o120777` for a symbolic link. */
  readonly mode?: number
  /** Sizes and offset in a zip64 extra field. */
  readonly zip64?: boolean
  /** CRC and sizes behind the content, zero in the local header. */
  readonly dataDescriptor?: boolean
  /** Lies, in the central directory alone. */
  readonly central?: {
    readonly crc?: number
    readonly size?: number
    readonly compressedSize?: number
    /** The local header of the entry with this index instead of its own. */
    readonly sharesEntry?: number
    readonly name?: string
    readonly method?: number
  }
}

/** Lies in the end record. */
interface ZipEndSpec {
  readonly zip64?: boolean
  readonly entries?: number
  readonly directoryOffset?: number
}

const UTF8 = 0x800
const DATA_DESCRIPTOR = 0x8
const ZIP64_MARK = 0xffffffff

/** Makes a zip by hand, honest or not. */
export function makeZip(entries: readonly ZipEntrySpec[], end: ZipEndSpec = {}): Buffer {
  const locals: Buffer[] = []
  const places: number[] = []
  let offset = 0
  for (const entry of entries) {
    const local = localEntry(entry)
    places.push(offset)
    locals.push(local)
    offset += local.length
  }
  const records = entries.map((entry, index) =>
    centralRecord(entry, places[entry.central?.sharesEntry ?? index] ?? 0),
  )
  const directory = Buffer.concat(records)
  return Buffer.concat([...locals, directory, endRecord(entries.length, directory, offset, end)])
}

function content(entry: ZipEntrySpec): { data: Buffer; packed: Buffer; method: number } {
  const data = Buffer.from(entry.data ?? '')
  const method = entry.method ?? 8
  return { data, packed: method === 8 ? deflateRawSync(data) : data, method }
}

function flags(entry: ZipEntrySpec): number {
  const utf8 = typeof entry.name === 'string' ? UTF8 : 0
  return (entry.flags ?? 0) | utf8 | (entry.dataDescriptor === true ? DATA_DESCRIPTOR : 0)
}

function localEntry(entry: ZipEntrySpec): Buffer {
  const { data, packed, method } = content(entry)
  const name = Buffer.from(entry.name)
  const described = entry.dataDescriptor === true
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(20, 4)
  header.writeUInt16LE(flags(entry), 6)
  header.writeUInt16LE(method, 8)
  if (!described) {
    header.writeUInt32LE(crc32(data), 14)
    header.writeUInt32LE(packed.length, 18)
    header.writeUInt32LE(data.length, 22)
  }
  header.writeUInt16LE(name.length, 26)
  const descriptor = Buffer.alloc(described ? 16 : 0)
  if (described) {
    descriptor.writeUInt32LE(0x08074b50, 0)
    descriptor.writeUInt32LE(crc32(data), 4)
    descriptor.writeUInt32LE(packed.length, 8)
    descriptor.writeUInt32LE(data.length, 12)
  }
  return Buffer.concat([header, name, packed, descriptor])
}

function centralRecord(entry: ZipEntrySpec, place: number): Buffer {
  const { data, packed, method } = content(entry)
  const lies = entry.central ?? {}
  const name = Buffer.from(lies.name ?? entry.name)
  const size = lies.size ?? data.length
  const compressedSize = lies.compressedSize ?? packed.length
  const extra = entry.zip64 === true ? zip64Extra(size, compressedSize, place) : Buffer.alloc(0)
  const field = (value: number): number => (entry.zip64 === true ? ZIP64_MARK : value)
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE((3 << 8) | 45, 4)
  header.writeUInt16LE(20, 6)
  header.writeUInt16LE(flags(entry), 8)
  header.writeUInt16LE(lies.method ?? method, 10)
  header.writeUInt32LE(lies.crc ?? crc32(data), 16)
  header.writeUInt32LE(field(compressedSize), 20)
  header.writeUInt32LE(field(size), 24)
  header.writeUInt16LE(name.length, 28)
  header.writeUInt16LE(extra.length, 30)
  header.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 38)
  header.writeUInt32LE(field(place), 42)
  return Buffer.concat([header, name, extra])
}

function zip64Extra(size: number, compressedSize: number, place: number): Buffer {
  const extra = Buffer.alloc(28)
  extra.writeUInt16LE(1, 0)
  extra.writeUInt16LE(24, 2)
  extra.writeBigUInt64LE(BigInt(size), 4)
  extra.writeBigUInt64LE(BigInt(compressedSize), 12)
  extra.writeBigUInt64LE(BigInt(place), 20)
  return extra
}

function endRecord(count: number, directory: Buffer, offset: number, end: ZipEndSpec): Buffer {
  const entries = end.entries ?? count
  const directoryOffset = end.directoryOffset ?? offset
  const record = Buffer.alloc(22)
  record.writeUInt32LE(0x06054b50, 0)
  if (end.zip64 !== true) {
    record.writeUInt16LE(entries, 8)
    record.writeUInt16LE(entries, 10)
    record.writeUInt32LE(directory.length, 12)
    record.writeUInt32LE(directoryOffset, 16)
    return record
  }
  record.fill(0xff, 8, 20)
  const record64 = Buffer.alloc(56)
  record64.writeUInt32LE(0x06064b50, 0)
  record64.writeBigUInt64LE(44n, 4)
  record64.writeBigUInt64LE(BigInt(entries), 24)
  record64.writeBigUInt64LE(BigInt(entries), 32)
  record64.writeBigUInt64LE(BigInt(directory.length), 40)
  record64.writeBigUInt64LE(BigInt(directoryOffset), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(BigInt(offset + directory.length), 8)
  locator.writeUInt32LE(1, 16)
  return Buffer.concat([record64, locator, record])
}
