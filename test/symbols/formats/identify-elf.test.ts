import { describe, expect, it } from 'vitest'
import { identifyElf } from '../../../src/symbols/formats/identify-elf.ts'
import { PagedReader } from '../../../src/symbols/formats/paged-reader.ts'
import type { Identification } from '../../../src/symbols/identification.ts'
import { identityKey } from '../../../src/symbols/identity.ts'
import { makeElf } from '../../helpers/make-elf.ts'
import { MemoryReader } from '../../helpers/memory-reader.ts'
import { symbolPathOf } from '../../helpers/symbol-path-of.ts'

const sha1 = '10faa6bbaab83db300112233445566778899aabb'
const [E_TYPE, E_SHOFF, E_SHNUM] = [16, 40, 60]
const [HEADER_BYTES, SECTION_BYTES, SEGMENT_BYTES] = [64, 64, 56]
const [NOTE, TEXT, DEBUG_INFO] = [1, 2, 3]
const NOTE_OFFSET = 64

function identifyBytes(bytes: Uint8Array): Promise<Identification> {
  return identifyElf(new PagedReader(new MemoryReader(bytes)), 'libFoo.so')
}

/** Writes a 32-bit word of a section header: 0 name, 4 type, 8 flags, 24 offset, 32 size. */
function patchSection(bytes: Buffer, section: number, field: number, value: number): Buffer {
  bytes.writeUInt32LE(
    value,
    Number(bytes.readBigUInt64LE(E_SHOFF)) + section * SECTION_BYTES + field,
  )
  return bytes
}

function patchHeader(bytes: Buffer, field: number, value: number): Buffer {
  bytes.writeUInt16LE(value, field)
  return bytes
}

describe('identifyElf', () => {
  it('files a stripped library by its build-id, in the name it was given', async () => {
    expect(await identifyBytes(makeElf({ buildId: sha1 }))).toEqual({
      status: 'accept',
      kind: 'elf',
      arch: 'x86_64',
      debugId: 'BBA6FA10B8AAB33D00112233445566770',
      codeId: sha1,
      buildId: sha1,
      identities: [
        { kind: 'elf', buildId: sha1 },
        { kind: 'elf', buildId: sha1.slice(0, 32) },
      ],
      keys: [`libFoo.so/elf-buildid-${sha1}/libFoo.so`],
    })
  })

  it('files a debug companion as that alone', async () => {
    expect(await identifyBytes(makeElf({ buildId: sha1, debug: true }))).toMatchObject({
      identities: [
        { kind: 'elf-debug', buildId: sha1 },
        { kind: 'elf-debug', buildId: sha1.slice(0, 32) },
      ],
      keys: [`_.debug/elf-buildid-sym-${sha1}/_.debug`],
    })
  })

  it('files a companion without DWARF as a debug file too, for it is no image', async () => {
    const bytes = patchSection(makeElf({ buildId: sha1, debug: true }), DEBUG_INFO, 0, 0)
    expect(await identifyBytes(bytes)).toMatchObject({
      identities: [
        { kind: 'elf-debug', buildId: sha1 },
        { kind: 'elf-debug', buildId: sha1.slice(0, 32) },
      ],
    })
  })

  it('lets an unstripped library answer as debug file first, and as image', async () => {
    const bytes = patchSection(makeElf({ buildId: sha1, debug: true }), TEXT, 4, 1)
    expect(await identifyBytes(bytes)).toMatchObject({
      identities: [
        { kind: 'elf-debug', buildId: sha1 },
        { kind: 'elf', buildId: sha1 },
        { kind: 'elf-debug', buildId: sha1.slice(0, 32) },
        { kind: 'elf', buildId: sha1.slice(0, 32) },
      ],
      keys: [`_.debug/elf-buildid-sym-${sha1}/_.debug`, `libFoo.so/elf-buildid-${sha1}/libFoo.so`],
    })
  })

  it.each([
    ['10faa6bbaab83db3', 'BBA6FA10B8AAB33D00000000000000000'],
    ['a1', '000000A10000000000000000000000000'],
    ['fdb1a71d835b5518820f91ae77f77222', '1DA7B1FD5B831855820F91AE77F772220'],
  ])('pads the short build-id %s in keys, and answers to both forms', async (buildId, debugId) => {
    const padded = buildId.padEnd(40, '0')
    expect(await identifyBytes(makeElf({ buildId }))).toMatchObject({
      debugId,
      buildId,
      identities: [
        { kind: 'elf', buildId },
        { kind: 'elf', buildId: padded },
      ],
      keys: [`libFoo.so/elf-buildid-${padded}/libFoo.so`],
    })
  })

  it.each([sha1, 'a1', '10faa6bbaab83db3', sha1.slice(0, 32), '0123456789abcdef'.repeat(4)])(
    'answers with the build-id %s to paths by its debug id',
    async (buildId) => {
      const found = await identifyBytes(makeElf({ buildId }))
      if (found.status !== 'accept') throw new Error(found.reason)
      const asked = symbolPathOf(`libFoo.so/${found.debugId}/libFoo.so`).identities
      const own = found.identities.map(identityKey)
      expect(asked.map(identityKey).filter((key) => own.includes(key))).not.toEqual([])
    },
  )

  it('keeps a long build-id whole', async () => {
    const buildId = '0123456789abcdef'.repeat(4)
    expect(await identifyBytes(makeElf({ buildId }))).toMatchObject({
      buildId,
      keys: [`libFoo.so/elf-buildid-${buildId}/libFoo.so`],
    })
  })

  it('accepts a relocatable object with a build-id (a kernel module), and skips one without', async () => {
    const module = patchHeader(makeElf({ buildId: sha1 }), E_TYPE, 1)
    expect(await identifyBytes(module)).toMatchObject({ status: 'accept', buildId: sha1 })
    expect(await identifyBytes(patchSection(module, NOTE, 4, 1))).toMatchObject({ status: 'skip' })
  })

  it('makes an id of the code where there is no build-id', async () => {
    const bytes = patchSection(makeElf({ buildId: sha1 }), NOTE, 4, 1)
    bytes.write('0123456789abcdef', Number(textOffset(bytes)), 'latin1')
    const found = await identifyBytes(patchSection(bytes, TEXT, 32, 16))
    const hash = Buffer.from('0123456789abcdef').toString('hex')
    expect(found).toMatchObject({ identities: [{ buildId: hash }, { buildId: `${hash}00000000` }] })
    expect(found).not.toHaveProperty('buildId')
  })

  it.each([
    ['a core dump', patchHeader(makeElf({ buildId: sha1 }), E_TYPE, 4)],
    ['an all-zero build-id', makeElf({ buildId: '00'.repeat(20) })],
    ['a build-id of 65 bytes', makeElf({ buildId: 'ab'.repeat(65) })],
    ['a build-id of none', makeElf({ buildId: '' })],
    ['a cut section table', makeElf({ buildId: sha1 }).subarray(0, -1)],
    ['a section table beyond the end', patchHeader(makeElf({ buildId: sha1 }), E_SHNUM, 5000)],
    ['a huge section count in the first header', hugeCount()],
    ['a note longer than its section', hugeNote()],
    ['segments that all show the same notes', sharedNotes()],
  ])('refuses %s', async (_, bytes) => {
    await expect(identifyBytes(bytes)).rejects.toThrow(/core dump|build-id|cut off|claims|notes/)
  })
})

function textOffset(bytes: Buffer): bigint {
  return bytes.readBigUInt64LE(Number(bytes.readBigUInt64LE(E_SHOFF)) + TEXT * SECTION_BYTES + 24)
}

function hugeCount(): Buffer {
  return patchSection(patchHeader(makeElf({ buildId: sha1 }), E_SHNUM, 0), 0, 32, 0x7fffffff)
}

function hugeNote(): Buffer {
  const bytes = makeElf({ buildId: sha1 })
  bytes.writeUInt32LE(0xffffffff, NOTE_OFFSET + 4)
  return bytes
}

/** 20 PT_NOTE segments over the same 1,000 empty notes: little to read, and much to go through. */
function sharedNotes(): Buffer {
  const [segments, notes] = [20, 1000]
  const end = HEADER_BYTES + segments * SEGMENT_BYTES
  const bytes = Buffer.alloc(end + notes * 12)
  makeElf({ buildId: sha1 }).copy(bytes, 0, 0, HEADER_BYTES)
  bytes.writeBigUInt64LE(BigInt(HEADER_BYTES), 32) // e_phoff
  bytes.writeBigUInt64LE(0n, E_SHOFF)
  bytes.writeUInt16LE(SEGMENT_BYTES, 54) // e_phentsize
  bytes.writeUInt16LE(segments, 56) // e_phnum
  for (let at = HEADER_BYTES; at < end; at += SEGMENT_BYTES) {
    bytes.writeUInt32LE(4, at) // PT_NOTE
    bytes.writeBigUInt64LE(BigInt(end), at + 8)
    bytes.writeBigUInt64LE(BigInt(notes * 12), at + 32)
  }
  return bytes
}
