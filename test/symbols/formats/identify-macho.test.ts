import { describe, expect, it } from 'vitest'
import { identifyMachoFat } from '../../../src/symbols/formats/identify-macho-fat.ts'
import { identifyMacho } from '../../../src/symbols/formats/identify-macho.ts'
import { PagedReader } from '../../../src/symbols/formats/paged-reader.ts'
import { MemoryReader } from '../../helpers/memory-reader.ts'

const uuid = 'D4280D7C16B6313197A3F672CAEE6314'
const other = '5E3A39CBC46D3DD2A9DB39D51655C132'
const [OBJECT, CORE, DYLIB, DSYM] = [1, 4, 6, 10]
const [ARM64, X86_64, PPC] = [0x0100000c, 0x01000007, 18]

interface Plan {
  readonly uuid?: string
  readonly type?: number
  readonly cpu?: number
  readonly subtype?: number
  readonly is64?: boolean
  readonly bigEndian?: boolean
}

/** A thin Mach-O file of a header, an LC_RPATH and an LC_UUID. */
function thin({
  uuid: id = uuid,
  type = DYLIB,
  cpu = ARM64,
  subtype = 0,
  is64 = true,
  bigEndian = false,
}: Plan): Buffer {
  const header = [
    is64 ? 0xfeedfacf : 0xfeedface,
    cpu,
    subtype,
    type,
    2,
    16 + 24,
    0,
    ...(is64 ? [0] : []),
  ]
  const bytes = Buffer.alloc(header.length * 4 + 40)
  const words = [...header, 0x8000001c, 16, 12, 0, 0x1b, 24]
  for (const [index, word] of words.entries()) {
    if (bigEndian) bytes.writeUInt32BE(word, index * 4)
    else bytes.writeUInt32LE(word, index * 4)
  }
  bytes.write(id, words.length * 4, 'hex')
  return bytes
}

function fat(slices: readonly Buffer[], is64 = false): Buffer {
  const entryBytes = is64 ? 32 : 20
  const head = Buffer.alloc(8 + slices.length * entryBytes)
  head.writeUInt32BE(is64 ? 0xcafebabf : 0xcafebabe, 0)
  head.writeUInt32BE(slices.length, 4)
  let offset = head.byteLength
  for (const [index, slice] of slices.entries()) {
    const at = 8 + index * entryBytes + 8
    if (is64) {
      head.writeBigUInt64BE(BigInt(offset), at)
      head.writeBigUInt64BE(BigInt(slice.byteLength), at + 8)
    } else {
      head.writeUInt32BE(offset, at)
      head.writeUInt32BE(slice.byteLength, at + 4)
    }
    offset += slice.byteLength
  }
  return Buffer.concat([head, ...slices])
}

function pages(bytes: Uint8Array): PagedReader {
  return new PagedReader(new MemoryReader(bytes))
}

/** A thin file with 32-bit words overwritten, each given as [offset, value]. */
function patched(...words: readonly (readonly [number, number])[]): Buffer {
  const bytes = thin({})
  for (const [offset, value] of words) bytes.writeUInt32LE(value, offset)
  return bytes
}

/** Turns the UUID command into another one. */
const NO_UUID = [48, 0x1c] as const

describe('identifyMacho', () => {
  it('files a library by its UUID', async () => {
    expect(await identifyMacho(pages(thin({})), 'libFoo.dylib')).toEqual({
      status: 'accept',
      kind: 'macho',
      arch: 'arm64',
      debugId: `${uuid}0`,
      codeId: uuid.toLowerCase(),
      identities: [{ kind: 'macho', uuid }],
      keys: [`libFoo.dylib/mach-uuid-${uuid.toLowerCase()}/libFoo.dylib`],
    })
  })

  it('files a dSYM companion without a name', async () => {
    expect(await identifyMacho(pages(thin({ type: DSYM })), undefined)).toMatchObject({
      identities: [{ kind: 'macho-debug', uuid }],
      keys: [`_.dwarf/mach-uuid-sym-${uuid.toLowerCase()}/_.dwarf`],
    })
  })

  it('reads 32-bit and big-endian files', async () => {
    const bytes = thin({ is64: false, bigEndian: true, cpu: PPC })
    expect(await identifyMacho(pages(bytes), 'a')).toMatchObject({
      arch: 'ppc',
      debugId: `${uuid}0`,
    })
  })

  it('tells arm64e by its subtype, whatever the capability bits', async () => {
    expect(await identifyMacho(pages(thin({ subtype: 0x80000002 })), 'a')).toMatchObject({
      arch: 'arm64e',
    })
  })

  it('skips object files', async () => {
    expect(await identifyMacho(pages(thin({ type: OBJECT })), 'a.o')).toMatchObject({
      status: 'skip',
    })
  })

  it.each([
    ['a core dump', thin({ type: CORE })],
    ['a zero UUID', thin({ uuid: '00'.repeat(16) })],
    ['no UUID', patched(NO_UUID)],
    ['a command size of 0', patched([36, 0])],
    ['a command that leaves the table', patched([36, 0xfffffff8])],
    ['commands beyond the end', patched([20, 41])],
    ['a count beyond the commands', patched(NO_UUID, [16, 3])],
    ['a header alone', thin({}).subarray(0, 20)],
  ])('refuses %s', async (_, bytes) => {
    await expect(identifyMacho(pages(bytes), 'a')).rejects.toThrow(/core dump|UUID|cut off/)
  })
})

describe('identifyMachoFat', () => {
  it.each([false, true])('answers for every slice (64-bit table: %s)', async (is64) => {
    const bytes = fat([thin({ uuid: other, cpu: X86_64 }), thin({})], is64)
    expect(await identifyMachoFat(pages(bytes), 'libFoo.dylib')).toMatchObject({
      kind: 'macho',
      arch: 'x86_64+arm64',
      identities: [
        { kind: 'macho', uuid: other },
        { kind: 'macho', uuid },
      ],
      keys: [
        `libFoo.dylib/mach-uuid-${other.toLowerCase()}/libFoo.dylib`,
        `libFoo.dylib/mach-uuid-${uuid.toLowerCase()}/libFoo.dylib`,
      ],
      slices: [
        { arch: 'x86_64', debugId: `${other}0` },
        { arch: 'arm64', debugId: `${uuid}0` },
      ],
    })
  })

  it('skips static libraries and objects for several processors', async () => {
    const bytes = fat([Buffer.from('!<arch>\n'), thin({ type: OBJECT })])
    expect(await identifyMachoFat(pages(bytes), 'a.a')).toMatchObject({ status: 'skip' })
  })

  it.each([
    ['no slices', fat([])],
    ['too many slices', fat(Array.from({ length: 31 }, () => thin({})))],
    ['a cut slice', fat([thin({}), thin({ uuid: other })]).subarray(0, -1)],
    ['a slice without UUID', fat([thin({}), patched(NO_UUID)])],
    ['a cut table', fat([thin({})]).subarray(0, 20)],
  ])('refuses %s', async (_, bytes) => {
    await expect(identifyMachoFat(pages(bytes), 'a')).rejects.toThrow(/slice|UUID|beyond/)
  })
})
