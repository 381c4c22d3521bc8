import { deflateRawSync, zstdCompressSync } from 'node:zlib'

const HEADER_BYTES = 80
const [ZSTD, DEFLATE] = [1, 2]
const NIL = 0xffffffff

/** Bytes of a stream: in a chunk, or lying uncompressed. */
type Fragment =
  | { readonly chunk: number; readonly offset: number; readonly size: number }
  | { readonly bytes: Buffer }

/** What a test MSFZ is made from: by default the info and DBI streams of a PDB, each in a chunk of its own. */
export interface MsfzPlan {
  readonly streams?: readonly (readonly Fragment[] | 'nil')[]
  readonly chunks?: readonly Buffer[]
  /** 0 none, 1 zstd, 2 DEFLATE. */
  readonly compression?: number
}

/** A PDB's info stream with this GUID (32 digits, as in symbol paths) and age, 28 bytes. */
export function msfzInfo(guid: string, age: number): Buffer {
  const bytes = Buffer.alloc(28)
  bytes.writeUInt32LE(20_000_404, 0)
  bytes.writeUInt32LE(age, 8)
  bytes.write(guid, 12, 'hex')
  bytes.subarray(12, 16).swap32()
  bytes.subarray(16, 20).swap16()
  return bytes
}

/** A PDB's DBI stream with this age, 64 bytes. */
export function msfzDbi(age: number): Buffer {
  const bytes = Buffer.alloc(64)
  bytes.writeUInt32LE(0xffffffff, 0)
  bytes.writeUInt32LE(age, 8)
  bytes.writeUInt16LE(0x8664, 58)
  return bytes
}

/** Info and DBI stream, each in a chunk of its own. */
const WHOLE: NonNullable<MsfzPlan['streams']> = [
  [],
  [{ chunk: 0, offset: 0, size: 28 }],
  'nil',
  [{ chunk: 1, offset: 0, size: 64 }],
]

function compress(bytes: Buffer, method: number): Buffer {
  if (method === ZSTD) return zstdCompressSync(bytes)
  return method === DEFLATE ? deflateRawSync(bytes) : bytes
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4)
  return bytes
}

/** An MSFZ file: header, chunks, uncompressed fragments, chunk table, stream directory. */
export function makeMsfz({ streams = WHOLE, chunks = [], compression = ZSTD }: MsfzPlan): Buffer {
  const parts: Buffer[] = []
  let end = HEADER_BYTES
  const place = (bytes: Buffer): number => {
    parts.push(bytes)
    end += bytes.byteLength
    return end - bytes.byteLength
  }
  const entries = chunks.map((chunk) => {
    const packed = compress(chunk, compression)
    return words(place(packed), 0, compression, packed.byteLength, chunk.byteLength)
  })
  const directory = Buffer.concat(
    streams.flatMap((fragments) => {
      if (fragments === 'nil') return [words(NIL)]
      const located = fragments.map((fragment) =>
        'bytes' in fragment
          ? words(fragment.bytes.byteLength, place(fragment.bytes), 0)
          : words(fragment.size, fragment.offset, 0x80000000 + fragment.chunk),
      )
      return [...located, words(0)]
    }),
  )
  const packed = compress(directory, compression)
  const tableAt = place(Buffer.concat(entries))
  const directoryAt = place(packed)
  const header = Buffer.concat([
    Buffer.from('Microsoft MSFZ Container\r\n\x1aALD\0\0', 'latin1'),
    words(0, 0, directoryAt, 0, tableAt, 0, streams.length, compression),
    words(packed.byteLength, directory.byteLength, chunks.length, chunks.length * 20),
  ])
  return Buffer.concat([header, ...parts])
}
