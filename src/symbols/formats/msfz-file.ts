import { promisify } from 'node:util'
import { inflateRaw, zstdDecompress } from 'node:zlib'
import { BinaryView } from './binary-view.ts'
import { DamagedFile } from './damaged-file.ts'
import type { PagedReader } from './paged-reader.ts'

const HEADER_BYTES = 80
const CHUNK_ENTRY_BYTES = 20
const NIL_STREAM = 0xffffffff
/** Stream numbers are 16-bit in everything that refers to them. */
const MAX_STREAMS = 65_536
/** Most streams have one fragment of 12 bytes, so this is room for hundreds of thousands. */
const MAX_DIRECTORY_BYTES = 8 << 20
/** microsoft/pdb-rs closes a chunk after 4 MiB. */
const MAX_CHUNK_BYTES = 32 << 20
/** Of all chunks together: the few bytes that are read may be scattered over as many chunks. */
const MAX_UNPACKED_BYTES = 64 << 20

interface Chunk {
  readonly index: number
  readonly bytes: Uint8Array
}

/** An MSFZ container (microsoft/pdb-rs, msfz.md): the streams of a PDB in compressed chunks. */
export class MsfzFile {
  readonly #reader: PagedReader
  readonly #header: BinaryView
  readonly #directory: BinaryView
  #chunk: Chunk | undefined
  #unpackedBytes = 0

  private constructor(reader: PagedReader, header: BinaryView, directory: BinaryView) {
    this.#reader = reader
    this.#header = header
    this.#directory = directory
  }

  /** Reads header and directory; throws DamagedFile when they are cut off or of an unknown version. */
  static async open(reader: PagedReader): Promise<MsfzFile> {
    const header = await reader.view(0, HEADER_BYTES)
    if (header.u64(32) !== 0) throw new DamagedFile(`the MSFZ version ${header.u64(32)} is unknown`)
    const streams = header.u32(56)
    if (streams === 0 || streams > MAX_STREAMS)
      throw new DamagedFile(`the MSFZ file claims ${streams} streams`)
    if (header.u32(68) > MAX_DIRECTORY_BYTES)
      throw new DamagedFile('the MSFZ stream directory is too large')
    const packed = await reader.read(header.u64(40), header.u32(64))
    const directory = await unpack(packed, header.u32(60), header.u32(68))
    return new MsfzFile(reader, header, new BinaryView(directory))
  }

  /** The first bytes of a stream, at most `length`; undefined when there is no such stream or it is empty. */
  async streamHead(index: number, length: number): Promise<Uint8Array | undefined> {
    if (index >= this.#header.u32(56)) return undefined
    let at = 0
    for (let stream = 0; stream < index; stream++) at = this.#fragments(at).next
    const parts: Uint8Array[] = []
    let wanted = length
    for (const fragment of this.#fragments(at).offsets) {
      if (wanted === 0) break
      const part = await this.#fragmentHead(fragment, wanted)
      parts.push(part)
      wanted -= part.byteLength
    }
    return parts.length === 0 ? undefined : Buffer.concat(parts)
  }

  /** Where the fragments of the stream at `at` lie in the directory, and where the next stream begins. */
  #fragments(at: number): { readonly offsets: readonly number[]; readonly next: number } {
    if (this.#directory.u32(at) === NIL_STREAM) return { offsets: [], next: at + 4 }
    const offsets: number[] = []
    let next = at
    for (; this.#directory.u32(next) !== 0; next += 12) offsets.push(next) // ends with the directory's bytes at last
    return { offsets, next: next + 4 }
  }

  async #fragmentHead(fragment: number, wanted: number): Promise<Uint8Array> {
    const length = Math.min(wanted, this.#directory.u32(fragment))
    const low = this.#directory.u32(fragment + 4)
    const high = this.#directory.u32(fragment + 8)
    const compressed = high >= 2 ** 31
    if (!compressed) return this.#reader.read((high & 0xffff) * 2 ** 32 + low, length)
    return this.#chunkBytes(high - 2 ** 31, low, length)
  }

  /** Chunks follow each other as if they were one range of bytes; at most `length` of them are entered. */
  async #chunkBytes(first: number, offset: number, length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    let [index, start, wanted] = [first, offset, length]
    while (wanted > 0) {
      const chunk = await this.#unpackChunk(index)
      if (chunk.byteLength === 0) throw new DamagedFile('an MSFZ chunk is empty')
      const part = chunk.subarray(start, start + wanted)
      parts.push(part)
      wanted -= part.byteLength
      start = Math.max(0, start - chunk.byteLength)
      if (start > 0) throw new DamagedFile('an MSFZ fragment begins outside of its chunk')
      index++
    }
    return Buffer.concat(parts)
  }

  async #unpackChunk(index: number): Promise<Uint8Array> {
    if (this.#chunk?.index === index) return this.#chunk.bytes
    if (index >= this.#header.u32(72))
      throw new DamagedFile('an MSFZ fragment points to a chunk that does not exist')
    const entry = await this.#reader.view(
      this.#header.u64(48) + index * CHUNK_ENTRY_BYTES,
      CHUNK_ENTRY_BYTES,
    )
    const size = entry.u32(16)
    if (size > MAX_CHUNK_BYTES) throw new DamagedFile(`an MSFZ chunk claims ${size} bytes`)
    this.#unpackedBytes += size
    if (this.#unpackedBytes > MAX_UNPACKED_BYTES)
      throw new DamagedFile('the MSFZ streams are scattered over too many chunks')
    const bytes = await unpack(
      await this.#reader.read(entry.u64(0), entry.u32(12)),
      entry.u32(8),
      size,
    )
    this.#chunk = { index, bytes }
    return bytes
  }
}

/** Unpacks to exactly `size` bytes; throws DamagedFile when that does not work out. */
async function unpack(packed: Uint8Array, method: number, size: number): Promise<Uint8Array> {
  const bytes = await decompress(packed, method, size).catch((error: unknown) => {
    if (error instanceof DamagedFile) throw error
    throw new DamagedFile('compressed MSFZ data is damaged')
  })
  if (bytes.byteLength !== size)
    throw new DamagedFile('compressed MSFZ data has another size than stated')
  return bytes
}

async function decompress(packed: Uint8Array, method: number, size: number): Promise<Uint8Array> {
  const options = { maxOutputLength: Math.max(size, 1) }
  if (method === 0) return packed
  if (method === 1) return promisify(zstdDecompress)(packed, options)
  if (method === 2) return promisify(inflateRaw)(packed, options)
  throw new DamagedFile(`the MSFZ compression ${method} is unknown`)
}
