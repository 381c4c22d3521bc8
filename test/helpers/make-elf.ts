const HEADER_BYTES = 64
const SECTION_BYTES = 64
const SHT_PROGBITS = 1
const SHT_STRTAB = 3
const SHT_NOTE = 7
const SHT_NOBITS = 8
const SHF_ALLOC = 2
const SHF_EXECINSTR = 4

interface Section {
  readonly name: string
  readonly type: number
  readonly flags: number
  readonly bytes: Buffer
}

/**
 * A minimal x86-64 shared object with a GNU build-id (hexadecimal digits, any even number of them).
 * With `debug` the debug companion: its code is left out, and it has a .debug_info section.
 */
export function makeElf({
  buildId,
  debug = false,
}: {
  readonly buildId: string
  readonly debug?: boolean
}): Buffer {
  const names = ['.note.gnu.build-id', '.text', ...(debug ? ['.debug_info'] : []), '.shstrtab']
  const strings = Buffer.from(`\0${names.join('\0')}\0`, 'latin1')
  const sections: Section[] = [
    { name: '.note.gnu.build-id', type: SHT_NOTE, flags: SHF_ALLOC, bytes: note(buildId) },
    {
      name: '.text',
      type: debug ? SHT_NOBITS : SHT_PROGBITS,
      flags: SHF_ALLOC | SHF_EXECINSTR,
      bytes: Buffer.alloc(64, 0xc3),
    },
    ...(debug
      ? [{ name: '.debug_info', type: SHT_PROGBITS, flags: 0, bytes: Buffer.alloc(32, 1) }]
      : []),
    { name: '.shstrtab', type: SHT_STRTAB, flags: 0, bytes: strings },
  ]
  const table = [Buffer.alloc(SECTION_BYTES)]
  const contents: Buffer[] = []
  let offset = HEADER_BYTES
  for (const { name, type, flags, bytes } of sections) {
    const header = Buffer.alloc(SECTION_BYTES)
    header.writeUInt32LE(strings.indexOf(`\0${name}\0`, 0, 'latin1') + 1, 0)
    header.writeUInt32LE(type, 4)
    header.writeBigUInt64LE(BigInt(flags), 8)
    header.writeBigUInt64LE(BigInt(offset), 24)
    header.writeBigUInt64LE(BigInt(bytes.byteLength), 32)
    header.writeBigUInt64LE(4n, 48)
    table.push(header)
    if (type === SHT_NOBITS) continue
    contents.push(bytes)
    offset += bytes.byteLength
  }

  const elf = Buffer.alloc(HEADER_BYTES)
  elf.write('\x7fELF\x02\x01\x01', 0, 'latin1')
  elf.writeUInt16LE(3, 16) // ET_DYN
  elf.writeUInt16LE(62, 18) // EM_X86_64
  elf.writeUInt32LE(1, 20)
  elf.writeBigUInt64LE(BigInt(offset), 40)
  elf.writeUInt16LE(HEADER_BYTES, 52)
  elf.writeUInt16LE(SECTION_BYTES, 58)
  elf.writeUInt16LE(table.length, 60)
  elf.writeUInt16LE(table.length - 1, 62)
  return Buffer.concat([elf, ...contents, ...table])
}

function note(buildId: string): Buffer {
  const id = Buffer.from(buildId, 'hex')
  const head = Buffer.alloc(16)
  head.writeUInt32LE(4, 0)
  head.writeUInt32LE(id.byteLength, 4)
  head.writeUInt32LE(3, 8) // NT_GNU_BUILD_ID
  head.write('GNU\0', 12, 'latin1')
  return Buffer.concat([head, id, Buffer.alloc((4 - (id.byteLength % 4)) % 4)])
}
