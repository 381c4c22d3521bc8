const PE_OFFSET = 0x40
const OPTIONAL_OFFSET = PE_OFFSET + 24
const OPTIONAL_BYTES = 240
const SECTION_OFFSET = OPTIONAL_OFFSET + OPTIONAL_BYTES
const RAW_OFFSET = 0x200
const RDATA_ADDRESS = 0x1000
const RDATA_BYTES = 0x200
const DEBUG_ENTRY_BYTES = 28

/** What a test PE is made from; `size` is the least size of the file in bytes, filled with zeros. */
export interface PePlan {
  readonly timestamp: number
  readonly sizeOfImage: number
  readonly size?: number
  readonly codeView?: {
    readonly guid: string
    readonly age: number
    readonly pdbName: string
    readonly portable?: boolean
  }
  /** Content of a debug entry for an embedded portable PDB, behind the CodeView entry. */
  readonly embeddedPdb?: Buffer
}

/** A minimal x64 PE32+ DLL with one section, which holds a debug directory when `codeView` is given. */
export function makePe({
  timestamp,
  sizeOfImage,
  size = 0,
  codeView,
  embeddedPdb,
}: PePlan): Buffer {
  const file = Buffer.alloc(Math.max(RAW_OFFSET + RDATA_BYTES, size))
  file.write('MZ', 0, 'latin1')
  file.writeUInt32LE(PE_OFFSET, 0x3c)
  file.write('PE\0\0', PE_OFFSET, 'latin1')
  file.writeUInt16LE(0x8664, PE_OFFSET + 4)
  file.writeUInt16LE(1, PE_OFFSET + 6)
  file.writeUInt32LE(timestamp, PE_OFFSET + 8)
  file.writeUInt16LE(OPTIONAL_BYTES, PE_OFFSET + 20)
  file.writeUInt16LE(0x2022, PE_OFFSET + 22)

  file.writeUInt16LE(0x20b, OPTIONAL_OFFSET)
  file.writeUInt32LE(0x1000, OPTIONAL_OFFSET + 32) // section alignment
  file.writeUInt32LE(0x200, OPTIONAL_OFFSET + 36) // file alignment
  file.writeUInt32LE(sizeOfImage, OPTIONAL_OFFSET + 56)
  file.writeUInt32LE(RAW_OFFSET, OPTIONAL_OFFSET + 60)
  file.writeUInt32LE(16, OPTIONAL_OFFSET + 108)

  file.write('.rdata', SECTION_OFFSET, 'latin1')
  file.writeUInt32LE(RDATA_BYTES, SECTION_OFFSET + 8)
  file.writeUInt32LE(RDATA_ADDRESS, SECTION_OFFSET + 12)
  file.writeUInt32LE(RDATA_BYTES, SECTION_OFFSET + 16)
  file.writeUInt32LE(RAW_OFFSET, SECTION_OFFSET + 20)
  if (codeView !== undefined) writeDebugDirectory(file, codeView)
  return embeddedPdb === undefined ? file : withEmbeddedPdb(file, embeddedPdb)
}

/** Puts the content at the end of the file, and its entry last in the debug directory. */
function withEmbeddedPdb(file: Buffer, content: Buffer): Buffer {
  const directory = OPTIONAL_OFFSET + 112 + 6 * 8
  const entries = file.readUInt32LE(directory + 4) / DEBUG_ENTRY_BYTES
  const entry = RAW_OFFSET + entries * DEBUG_ENTRY_BYTES
  file.copyWithin(entry + DEBUG_ENTRY_BYTES, entry, RAW_OFFSET + 0x100)
  // The CodeView record behind its entry has moved.
  const fields = entries > 0 ? [RAW_OFFSET + 20, RAW_OFFSET + 24] : []
  for (const field of fields)
    file.writeUInt32LE(file.readUInt32LE(field) + DEBUG_ENTRY_BYTES, field)
  file.fill(0, entry, entry + DEBUG_ENTRY_BYTES)
  file.writeUInt32LE(17, entry + 12)
  file.writeUInt32LE(content.byteLength, entry + 16)
  file.writeUInt32LE(file.byteLength, entry + 24)
  file.writeUInt32LE(RDATA_ADDRESS, directory)
  file.writeUInt32LE((entries + 1) * DEBUG_ENTRY_BYTES, directory + 4)
  return Buffer.concat([file, content])
}

function writeDebugDirectory(file: Buffer, codeView: NonNullable<PePlan['codeView']>): void {
  const record = Buffer.concat([Buffer.alloc(24), Buffer.from(`${codeView.pdbName}\0`)])
  record.write('RSDS', 0, 'latin1')
  const guid = Buffer.from(codeView.guid, 'hex')
  guid.subarray(0, 4).reverse()
  guid.subarray(4, 6).reverse()
  guid.subarray(6, 8).reverse()
  guid.copy(record, 4)
  record.writeUInt32LE(codeView.age, 20)
  record.copy(file, RAW_OFFSET + 28)

  file.writeUInt32LE(RDATA_ADDRESS, OPTIONAL_OFFSET + 112 + 6 * 8)
  file.writeUInt32LE(28, OPTIONAL_OFFSET + 112 + 6 * 8 + 4)
  file.writeUInt16LE(codeView.portable === true ? 0x504d : 0, RAW_OFFSET + 10)
  file.writeUInt32LE(2, RAW_OFFSET + 12)
  file.writeUInt32LE(record.byteLength, RAW_OFFSET + 16)
  file.writeUInt32LE(RDATA_ADDRESS + 28, RAW_OFFSET + 20)
  file.writeUInt32LE(RAW_OFFSET + 28, RAW_OFFSET + 24)
}
