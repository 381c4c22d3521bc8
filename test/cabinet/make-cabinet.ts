import { blockChecksum } from '../../src/cabinet/block-checksum.ts'

/** What a made cabinet has; the defaults make a good one of one stored folder. */
export interface MadeCabinet {
  readonly folders: readonly MadeFolder[]
  readonly files: readonly MadeFile[]
  readonly flags?: number
  readonly version?: number
  /** The size that the header states. */
  readonly statedBytes?: number
}

export interface MadeFolder {
  readonly compression: number
  readonly blocks: readonly { readonly packed: Uint8Array; readonly size: number }[]
  readonly checksums?: boolean
}

interface MadeFile {
  readonly name: string
  readonly size: number
  readonly offset?: number
  readonly folder?: number
}

/** The bytes of a cabinet (MS-CAB) with these parts, whether they make sense or not. */
export function makeCabinet(made: MadeCabinet): Buffer {
  const files = made.files.map((file) => {
    const record = Buffer.alloc(16)
    record.writeUInt32LE(file.size, 0)
    record.writeUInt32LE(file.offset ?? 0, 4)
    record.writeUInt16LE(file.folder ?? 0, 8)
    record.writeUInt16LE(0x80, 14)
    return Buffer.concat([record, Buffer.from(`${file.name}\0`)])
  })
  const datas = made.folders.map((folder) =>
    Buffer.concat(folder.blocks.map((block) => blockOf(folder, block))),
  )
  const filesOffset = 36 + 8 * made.folders.length
  let dataOffset = filesOffset + Buffer.concat(files).byteLength
  const folders = made.folders.map((folder, i) => {
    const record = Buffer.alloc(8)
    record.writeUInt32LE(dataOffset, 0)
    record.writeUInt16LE(folder.blocks.length, 4)
    record.writeUInt16LE(folder.compression, 6)
    dataOffset += datas[i]!.byteLength
    return record
  })
  const header = Buffer.alloc(36)
  header.write('MSCF')
  header.writeUInt32LE(made.statedBytes ?? dataOffset, 8)
  header.writeUInt32LE(filesOffset, 16)
  header.writeUInt16LE(made.version ?? 0x0103, 24)
  header.writeUInt16LE(made.folders.length, 26)
  header.writeUInt16LE(made.files.length, 28)
  header.writeUInt16LE(made.flags ?? 0, 30)
  return Buffer.concat([header, ...folders, ...files, ...datas])
}

function blockOf(folder: MadeFolder, { packed, size }: MadeFolder['blocks'][number]): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt16LE(packed.byteLength, 4)
  header.writeUInt16LE(size, 6)
  if (folder.checksums !== false) {
    header.writeUInt32LE(blockChecksum(header.subarray(4), blockChecksum(packed, 0)), 0)
  }
  return Buffer.concat([header, packed])
}
