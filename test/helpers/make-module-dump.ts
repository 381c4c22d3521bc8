/** A module of a made dump; `record` is its CodeView record. */
export interface MadeModule {
  readonly name: string
  readonly timestamp?: number
  readonly sizeOfImage?: number
  readonly record?: Buffer
}

/** Windows NT, as MINIDUMP_SYSTEM_INFO has it. */
const WINDOWS_NT = 2

const HEADER_BYTES = 32
const SYSTEM_BYTES = 56
const MODULE_BYTES = 108

/** A minidump with a system's description and a list of modules; `padded` puts four bytes before the first. */
export function makeModuleDump(
  modules: readonly MadeModule[],
  { platform = WINDOWS_NT, padded = false } = {},
): Buffer {
  const systemAt = HEADER_BYTES + 24
  const listAt = systemAt + SYSTEM_BYTES
  const lead = padded ? 8 : 4
  const listBytes = lead + modules.length * MODULE_BYTES
  const head = Buffer.alloc(listAt + listBytes)
  head.write('MDMP', 0, 'latin1')
  head.writeUInt32LE(0xa793, 4)
  head.writeUInt32LE(2, 8)
  head.writeUInt32LE(HEADER_BYTES, 12)
  const entries = [
    [7, SYSTEM_BYTES, systemAt],
    [4, listBytes, listAt],
  ] as const
  for (const [index, fields] of entries.entries())
    for (const [field, value] of fields.entries())
      head.writeUInt32LE(value, HEADER_BYTES + index * 12 + field * 4)
  head.writeUInt16LE(9, systemAt)
  head.writeUInt32LE(platform, systemAt + 20)
  head.writeUInt32LE(modules.length, listAt)
  const tail: Buffer[] = []
  let end = head.byteLength
  const append = (bytes: Buffer): number => {
    const at = end
    tail.push(bytes)
    end += bytes.byteLength
    return at
  }
  for (const [index, { name, timestamp = 0, sizeOfImage = 0, record }] of modules.entries()) {
    const at = listAt + lead + index * MODULE_BYTES
    head.writeBigUInt64LE(0x10000000n * BigInt(index + 1), at)
    head.writeUInt32LE(sizeOfImage, at + 8)
    head.writeUInt32LE(timestamp, at + 16)
    const text = Buffer.from(name, 'utf16le')
    const string = Buffer.alloc(text.byteLength + 6)
    string.writeUInt32LE(text.byteLength, 0)
    text.copy(string, 4)
    head.writeUInt32LE(append(string), at + 20)
    if (record === undefined) continue
    head.writeUInt32LE(record.byteLength, at + 76)
    head.writeUInt32LE(append(record), at + 80)
  }
  return Buffer.concat([head, ...tail])
}

/** A CodeView record of a PDB. */
export function pdbRecord(guid: string, age: number, name: string): Buffer {
  const record = Buffer.concat([Buffer.alloc(24), Buffer.from(`${name}\0`)])
  record.write('RSDS', 0, 'latin1')
  const bytes = Buffer.from(guid, 'hex')
  bytes.subarray(0, 4).reverse()
  bytes.subarray(4, 6).reverse()
  bytes.subarray(6, 8).reverse()
  bytes.copy(record, 4)
  record.writeUInt32LE(age, 20)
  return record
}

/** A record of a build-id. */
export function elfRecord(buildId: string): Buffer {
  return Buffer.concat([Buffer.from('LEpB', 'latin1'), Buffer.from(buildId, 'hex')])
}
