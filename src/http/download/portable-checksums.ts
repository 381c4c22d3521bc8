import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { IndexedBlob } from '../../db/blob-table.ts'
import { readAt } from '../../lib/read-at.ts'
import { portablePdbIdOffset } from '../../symbols/portable-pdb-id-offset.ts'
import type { Content, OpenContent } from './content.ts'

/** What compilers write into a debug directory (dotnet/runtime, PE-COFF.md, «PDB Checksum»), and older ones did. */
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['SHA256', 'sha256'],
  ['SHA384', 'sha384'],
  ['SHA512', 'sha512'],
  ['SHA1', 'sha1'],
])

const ID_BYTES = 20
const READ_BYTES = 1 << 18

/** Checksums kept. */
const MAX_REMEMBERED = 10_000

/** Compares portable PDBs with the `SymbolChecksum` of whoever asks: the same id does not mean the same build. */
export class PortableChecksums {
  readonly #known = new LRUCache<string, Promise<string | undefined>>({ max: MAX_REMEMBERED })

  /**
   * Whether the file is one that the header's values allow: one of them fits, or none can be compared. .NET's client
   * lets them pile up over a session, with commas and semicolons between them (protocol.md §1.5).
   */
  async allow(header: string, blob: IndexedBlob, file: Content): Promise<boolean> {
    const wanted = new Map<string, Set<string>>()
    for (const item of header.split(/[,;]/)) {
      const [name = '', digits = ''] = item.trim().split(':')
      const algorithm = ALGORITHMS.get(name.toUpperCase().replaceAll('-', ''))
      if (algorithm === undefined) continue
      wanted.set(algorithm, (wanted.get(algorithm) ?? new Set()).add(digits.trim().toLowerCase()))
    }
    let isCompared = false
    for (const [algorithm, values] of wanted) {
      const own = await this.#checksum(algorithm, blob, file)
      if (own === undefined) continue
      if (values.has(own)) return true
      isCompared = true
    }
    return !isCompared
  }

  /** The file's checksum, in which its id counts as zeros; undefined where it has gone or has none. */
  #checksum(
    algorithm: string,
    { id, etag }: IndexedBlob,
    file: Content,
  ): Promise<string | undefined> {
    const key = `${algorithm} ${id} ${etag}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const checksum = compute(algorithm, file)
    this.#known.set(key, checksum)
    const forget = (): void => void this.#known.delete(key)
    checksum.then((value) => value === undefined && forget(), forget)
    return checksum
  }
}

async function compute(algorithm: string, file: Content): Promise<string | undefined> {
  const opened = await file.open()
  if (opened === undefined) return undefined
  try {
    return await hash(algorithm, opened, await file.finalSize())
  } finally {
    opened.close()
  }
}

async function hash(
  algorithm: string,
  opened: OpenContent,
  size: number,
): Promise<string | undefined> {
  const read = (offset: number, length: number): Promise<Uint8Array> =>
    readAt(opened, offset, length)
  const idAt = await portablePdbIdOffset({ size, read })
  if (idAt === undefined) return undefined
  const sum = createHash(algorithm)
  for (let position = 0; position < size;) {
    const bytes = Buffer.from(await read(position, Math.min(READ_BYTES, size - position)))
    if (bytes.byteLength === 0) return undefined
    const start = Math.max(0, idAt - position)
    bytes.fill(0, Math.min(start, bytes.byteLength), Math.max(0, idAt + ID_BYTES - position))
    sum.update(bytes)
    position += bytes.byteLength
  }
  return sum.digest('hex')
}
