import { crc32 } from 'node:zlib'

/** A RAR 4 archive of one stored file, by hand: nothing here writes the format (technote "RAR version 4.11"). */
export function makeRar(name: string, data: Buffer): Buffer {
  const file = Buffer.alloc(25)
  file.writeUInt32LE(data.length, 0)
  file.writeUInt32LE(data.length, 4)
  file[8] = 3 // Unix
  file.writeUInt32LE(crc32(data), 9)
  file.writeUInt32LE(0x54e1_693e, 13) // time
  file[17] = 20 // version to extract
  file[18] = 0x30 // stored
  file.writeUInt16LE(name.length, 19)
  file.writeUInt32LE(0o100644, 21)
  return Buffer.concat([
    Buffer.from('Rar!\x1a\x07\0', 'latin1'),
    block(0x73, 0, Buffer.alloc(6)),
    block(0x74, 0x8000, Buffer.concat([file, Buffer.from(name, 'latin1')])),
    data,
    block(0x7b, 0x4000, Buffer.alloc(0)),
  ])
}

function block(type: number, flags: number, body: Buffer): Buffer {
  const head = Buffer.alloc(7)
  head[2] = type
  head.writeUInt16LE(flags, 3)
  head.writeUInt16LE(7 + body.length, 5)
  const checked = Buffer.concat([head.subarray(2), body])
  head.writeUInt16LE(crc32(checked) & 0xffff, 0)
  return Buffer.concat([head, body])
}
