const SUPERBLOCK_BYTES = 52
/** After the fixed streams: old directory, PDB info, TPI, DBI, IPI. */
const PAYLOAD_STREAM = 5

/** What a test PDB is made from; `size` is the least size of the whole file in bytes. */
export interface PdbPlan {
  /** 32 hexadecimal digits, as in symbol paths. */
  readonly guid: string
  readonly age: number
  /** Age of the PDB info stream, when it is to differ from `age`. */
  readonly infoAge?: number
  readonly pageSize?: number
  readonly payload?: Uint8Array
  readonly size?: number
}

/** Where the parts of a test PDB lie; everything between them is free pages. */
export interface PdbLayout {
  readonly size: number
  readonly parts: readonly { readonly offset: number; readonly bytes: Buffer }[]
}

/**
 * Lays out an MSF 7.00 PDB with info and DBI streams, a payload as stream 5, and a truthful free page
 * map. Fails when the directory would need more maps than the superblock's page holds.
 */
export function pdbLayout(plan: PdbPlan): PdbLayout {
  const { guid, age, pageSize = 4096, payload = new Uint8Array(0) } = plan
  let next = 3
  const allocate = (bytes: number): number[] =>
    Array.from({ length: Math.ceil(bytes / pageSize) }, () => {
      while (next % pageSize === 1 || next % pageSize === 2) next++ // the free page maps of each interval
      return next++
    })
  const none = Buffer.alloc(0)
  const streams = [none, infoStream(guid, plan.infoAge ?? age), none, dbiStream(age), none]
  if (payload.byteLength > 0) streams[PAYLOAD_STREAM] = Buffer.from(payload)
  const streamPages = streams.map((stream) => allocate(stream.byteLength))
  const directory = words([
    streams.length,
    ...streams.map((stream) => stream.byteLength),
    ...streamPages.flat(),
  ])
  const directoryPages = allocate(directory.byteLength)
  const map = words(directoryPages)
  const mapPages = allocate(map.byteLength)
  if (SUPERBLOCK_BYTES + mapPages.length * 4 > pageSize)
    throw new Error('the payload is too large for this page size')

  const pageCount = Math.max(next, Math.ceil((plan.size ?? 0) / pageSize))
  const header = [pageSize, 1, pageCount, directory.byteLength, 0, ...mapPages]
  const superblock = Buffer.concat([
    Buffer.from('Microsoft C/C++ MSF 7.00\r\n\x1aDS\0\0\0', 'latin1'),
    words(header),
  ])
  const parts = [{ offset: 0, bytes: superblock }, ...freePageMap(pageSize, pageCount, next)]
  const place = (bytes: Buffer, pages: readonly number[]): void => {
    for (const [index, page] of pages.entries()) {
      parts.push({
        offset: page * pageSize,
        bytes: bytes.subarray(index * pageSize, (index + 1) * pageSize),
      })
    }
  }
  for (const [index, stream] of streams.entries()) place(stream, streamPages[index] ?? [])
  place(directory, directoryPages)
  place(map, mapPages)
  return { size: pageCount * pageSize, parts }
}

function infoStream(guid: string, age: number): Buffer {
  const stream = Buffer.alloc(52)
  stream.writeUInt32LE(20_000_404, 0)
  stream.writeUInt32LE(0x5f5e100, 4)
  stream.writeUInt32LE(age, 8)
  const id = Buffer.from(guid, 'hex')
  id.subarray(0, 4).reverse()
  id.subarray(4, 6).reverse()
  id.subarray(6, 8).reverse()
  id.copy(stream, 12)
  stream.writeUInt32LE(8, 36) // capacity of the table of named streams, which is empty
  stream.writeUInt32LE(20_140_508, 48) // feature: VC140
  return stream
}

function dbiStream(age: number): Buffer {
  const names = words([0xeffeeffe, 1, 4, 0, 1, 0, 0]) // an empty table of edit-and-continue names
  const header = Buffer.alloc(64)
  header.writeUInt32LE(0xffffffff, 0)
  header.writeUInt32LE(19_990_903, 4)
  header.writeUInt32LE(age, 8)
  for (const streamNumber of [12, 16, 20]) header.writeUInt16LE(0xffff, streamNumber)
  header.writeUInt32LE(4, 36) // file info: no modules, no files
  header.writeUInt32LE(names.byteLength, 52)
  header.writeUInt16LE(0x8664, 58)
  return Buffer.concat([header, Buffer.alloc(4), names])
}

/** One bit a page, 1 for free; each interval of `pageSize` pages holds one page of the map. */
function freePageMap(
  pageSize: number,
  pageCount: number,
  used: number,
): { offset: number; bytes: Buffer }[] {
  const parts = []
  for (let part = 0; part * pageSize * 8 < pageCount; part++) {
    const bytes = Buffer.alloc(pageSize, 0xff)
    for (let bit = 0; bit < pageSize * 8 && part * pageSize * 8 + bit < used; bit++) {
      const byte = bit >> 3
      bytes[byte] = (bytes[byte] ?? 0) & ~(1 << (bit & 7))
    }
    parts.push({ offset: (part * pageSize + 1) * pageSize, bytes })
  }
  return parts
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4)
  return bytes
}
