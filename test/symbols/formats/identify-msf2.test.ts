import { describe, expect, it } from 'vitest'
import { identifyMsf2 } from '../../../src/symbols/formats/identify-msf2.ts'
import { PagedReader } from '../../../src/symbols/formats/paged-reader.ts'
import type { Identification } from '../../../src/symbols/identification.ts'
import { MemoryReader } from '../../helpers/memory-reader.ts'

const PAGE = 1024
const DIRECTORY = 3 * PAGE

/** A PDB 2.00 of five pages: superblock, free page map, info stream, directory, DBI or type stream. */
function pdb({ dbi = true, tpi = false }): Buffer {
  const bytes = Buffer.alloc(5 * PAGE)
  bytes.write('Microsoft C/C++ program database 2.00\r\n\x1aJG\0\0', 0, 'latin1')
  bytes.writeUInt32LE(PAGE, 44)
  bytes.writeUInt16LE(1, 48)
  bytes.writeUInt16LE(5, 50)
  const sizes = [0, 12, tpi ? 60 : 0xffffffff, dbi ? 60 : 0]
  const pages = dbi || tpi ? [2, 4] : [2]
  bytes.writeUInt32LE(4 + sizes.length * 8 + pages.length * 2, 52)
  bytes.writeUInt16LE(3, 60)
  bytes.writeUInt16LE(sizes.length, DIRECTORY)
  for (const [index, size] of sizes.entries()) bytes.writeUInt32LE(size, DIRECTORY + 4 + index * 8)
  for (const [index, page] of pages.entries())
    bytes.writeUInt16LE(page, DIRECTORY + 4 + sizes.length * 8 + index * 2)
  for (const [index, word] of [19_970_604, 0x3a5b7c9d, 5].entries())
    bytes.writeUInt32LE(word, 2 * PAGE + index * 4)
  for (const [index, word] of [0xffffffff, 19_970_606, 0x1f].entries())
    bytes.writeUInt32LE(word, 4 * PAGE + index * 4)
  bytes.writeUInt16LE(0x14c, 4 * PAGE + 58)
  return bytes
}

function patched(offset: number, value: number): Buffer {
  const bytes = pdb({})
  bytes.writeUInt32LE(value, offset)
  return bytes
}

function identifyBytes(bytes: Uint8Array): Promise<Identification> {
  return identifyMsf2(new PagedReader(new MemoryReader(bytes)), 'old.pdb')
}

describe('identifyMsf2', () => {
  it('files a PDB 2.00 by signature and DBI age, and answers for the info age too', async () => {
    expect(await identifyBytes(pdb({}))).toEqual({
      status: 'accept',
      kind: 'pdb20',
      arch: 'x86',
      debugId: '3A5B7C9D1f',
      identities: [
        { kind: 'pdb20', signature: 0x3a5b7c9d, age: 0x1f },
        { kind: 'pdb20', signature: 0x3a5b7c9d, age: 5 },
      ],
      keys: ['old.pdb/3A5B7C9D1f/old.pdb', 'old.pdb/3A5B7C9D5/old.pdb'],
    })
  })

  it('goes by the info age where there is no DBI stream', async () => {
    expect(await identifyBytes(pdb({ dbi: false, tpi: true }))).toMatchObject({
      keys: ['old.pdb/3A5B7C9D5/old.pdb'],
    })
  })

  it.each([
    ['an odd page size', patched(44, 1000)],
    ['a huge directory', patched(52, 0x7fffffff)],
    ['an empty directory', patched(52, 0)],
    ['a directory page beyond the end', patched(60, 5)],
    ['a directory page of 0', patched(60, 0)],
    ['streams beyond the directory', patched(DIRECTORY, 3000)],
    ['neither types nor modules', pdb({ dbi: false })],
    ['no info stream', patched(DIRECTORY + 12, 0)],
    ['a short info stream', patched(DIRECTORY + 12, 8)],
    ['a huge first stream', patched(DIRECTORY + 4, 0x7fffffff)],
    ['a cut file', pdb({}).subarray(0, -1)],
  ])('refuses %s', async (_, bytes) => {
    await expect(identifyBytes(bytes)).rejects.toThrow(/PDB|cut off|beyond/)
  })
})
