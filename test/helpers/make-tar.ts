/** One header and content of a made tar. */
export interface TarEntrySpec {
  readonly name: string | Buffer
  /** The type flag; `0`, a file, when not said. */
  readonly type?: string
  readonly data?: Buffer | string
  /** The size field where it lies; `base256` writes the true size in GNU's form. */
  readonly size?: number | 'base256'
  /** The magic and version; ustar's when not said, empty for v7. */
  readonly magic?: 'ustar\x0000' | 'ustar  \0' | ''
  readonly prefix?: string
  readonly signedChecksum?: boolean
  readonly badChecksum?: boolean
}

/** Two zero blocks: the end of a tar. */
export const TAR_END_BYTES = 1024

/** Makes a tar by hand, honest or not, with its end mark. */
export function makeTar(entries: readonly TarEntrySpec[]): Buffer {
  return Buffer.concat([...entries.map(tarEntry), Buffer.alloc(TAR_END_BYTES)])
}

/** A pax header's content. */
export function paxRecords(records: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(
    Object.entries(records).map(([key, value]) => {
      const body = ` ${key}=${value}\n`
      let length = Buffer.byteLength(body)
      while (length !== Buffer.byteLength(`${length}${body}`)) {
        length = Buffer.byteLength(`${length}${body}`)
      }
      return Buffer.from(`${length}${body}`)
    }),
  )
}

function tarEntry(entry: TarEntrySpec): Buffer {
  const data = Buffer.from(entry.data ?? '')
  const block = Buffer.alloc(512)
  Buffer.from(entry.name).copy(block, 0, 0, 100)
  block.write('0000644\0', 100, 'latin1')
  if (entry.size === 'base256') {
    block[124] = 0x80
    block.writeUInt32BE(data.length, 132)
  } else {
    block.write((entry.size ?? data.length).toString(8).padStart(11, '0'), 124, 'latin1')
  }
  block.write(entry.type ?? '0', 156, 'latin1')
  block.write(entry.magic ?? 'ustar\x0000', 257, 'latin1')
  if (entry.prefix !== undefined) block.write(entry.prefix, 345, 'latin1')
  block.fill(0x20, 148, 156)
  let sum = 0
  for (const byte of block) {
    sum += entry.signedChecksum === true && byte > 0x7f ? byte - 0x100 : byte
  }
  if (entry.badChecksum === true) sum += 1
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  const padding = (512 - (data.length % 512)) % 512
  return Buffer.concat([block, data, Buffer.alloc(padding)])
}
