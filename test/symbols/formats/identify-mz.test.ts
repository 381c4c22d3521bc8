import { describe, expect, it } from 'vitest'
import { identifyMz } from '../../../src/symbols/formats/identify-mz.ts'
import { PagedReader } from '../../../src/symbols/formats/paged-reader.ts'
import { readPe } from '../../../src/symbols/formats/read-pe.ts'
import { makePe } from '../../helpers/make-pe.ts'
import { MemoryReader } from '../../helpers/memory-reader.ts'

const guid = '3249D99D0C4049318610F4E4FB0B6936'
const plan = { timestamp: 0xe914506e, sizeOfImage: 0x1005c000 }
const codeView = { guid, age: 0x1f, pdbName: 'C:\\Build Agent\\out\\app.pdb' }
/** Where the test image has its debug directory. */
const DIRECTORY = 0x200
/** Its only section header, and the sixth data directory of its optional header. */
const [SECTION, DEBUG_DIRECTORY] = [0x40 + 24 + 240, 0x40 + 24 + 112 + 6 * 8]

function pages(bytes: Uint8Array): PagedReader {
  return new PagedReader(new MemoryReader(bytes))
}

function rsds(id: string, age: number, name: string): Buffer {
  const record = Buffer.concat([Buffer.alloc(24), Buffer.from(`${name}\0`)])
  record.write('RSDS', 0, 'latin1')
  const bytes = Buffer.from(id, 'hex')
  bytes.subarray(0, 4).swap32()
  bytes.subarray(4, 8).swap16()
  bytes.copy(record, 4)
  record.writeUInt32LE(age, 20)
  return record
}

/** Gives the image a larger section, which holds a debug directory of these entries and their contents. */
function withDebugEntries(
  image: Buffer,
  entries: readonly { readonly type: number; readonly content: Buffer }[],
): Buffer {
  const directory = Buffer.alloc(entries.length * 28)
  let at = DIRECTORY + directory.byteLength
  for (const [index, { type, content }] of entries.entries()) {
    directory.writeUInt32LE(type, index * 28 + 12)
    directory.writeUInt32LE(content.byteLength, index * 28 + 16)
    directory.writeUInt32LE(at, index * 28 + 24)
    at += content.byteLength
  }
  const section = Buffer.concat([directory, ...entries.map(({ content }) => content)])
  image.writeUInt32LE(section.byteLength, SECTION + 16)
  image.writeUInt32LE(0x1000, DEBUG_DIRECTORY)
  image.writeUInt32LE(directory.byteLength, DEBUG_DIRECTORY + 4)
  return Buffer.concat([image.subarray(0, DIRECTORY), section])
}

describe('identifyMz', () => {
  it('takes timestamp and size as unsigned', async () => {
    expect(await identifyMz(pages(makePe(plan)), 'a.dll')).toMatchObject({
      arch: 'x86_64',
      codeId: 'E914506E1005c000',
      keys: ['a.dll/E914506E1005c000/a.dll'],
    })
  })

  it('pads a timestamp of zero and leaves the size as it is', async () => {
    const found = await identifyMz(pages(makePe({ timestamp: 0, sizeOfImage: 0x400 })), 'a.dll')
    expect(found).toMatchObject({ keys: ['a.dll/00000000400/a.dll'] })
    expect(found).not.toHaveProperty('debugId')
  })

  it('gives the debug id of the CodeView record, its age in hex', async () => {
    expect(await identifyMz(pages(makePe({ ...plan, codeView })), 'a.dll')).toMatchObject({
      debugId: `${guid}1f`,
    })
  })

  it('keeps the code id when the CodeView record is cut off', async () => {
    const found = await identifyMz(
      pages(makePe({ ...plan, codeView }).subarray(0, DIRECTORY + 40)),
      'a.dll',
    )
    expect(found).toMatchObject({ status: 'accept', codeId: 'E914506E1005c000' })
    expect(found).not.toHaveProperty('debugId')
  })

  it('skips a 16-bit program', async () => {
    const bytes = makePe(plan)
    bytes.write('NE', 0x40, 'latin1')
    expect(await identifyMz(pages(bytes), 'a.exe')).toMatchObject({ status: 'skip' })
  })

  it.each([10, 0x40, 0x50, 0x60, 0x100])('refuses an image cut to %i bytes', async (length) => {
    await expect(identifyMz(pages(makePe(plan).subarray(0, length)), 'a.exe')).rejects.toThrow(
      /beyond the end/,
    )
  })
})

describe('readPe', () => {
  it('gives the record with the base name of the PDB', async () => {
    const pe = await readPe(pages(makePe({ ...plan, codeView: { ...codeView, portable: true } })))
    expect(pe?.codeView).toEqual([
      { kind: 'rsds', guid, age: 0x1f, portable: true, pdbName: 'app.pdb' },
    ])
  })

  it('finds a record that has an address and no file pointer', async () => {
    const bytes = makePe({ ...plan, codeView })
    bytes.writeUInt32LE(0, DIRECTORY + 24)
    expect((await readPe(pages(bytes)))?.codeView).toMatchObject([{ guid }])
  })

  it('gives all records of several entries in their order, whatever lies between, and the first one`s debug id', async () => {
    const other = '497B72F6390A44FC878E5A2D63B6CC4B'
    const records = [guid, other].map((id) => rsds(id, 1, 'app.pdb'))
    const checksum = Buffer.concat([Buffer.from('SHA256\0'), Buffer.alloc(32, 7)])
    const bytes = withDebugEntries(makePe(plan), [
      { type: 1, content: Buffer.alloc(16) }, // COFF
      { type: 19, content: checksum }, // PdbChecksum
      { type: 2, content: records[0] ?? Buffer.alloc(0) },
      { type: 16, content: Buffer.alloc(0) }, // Repro
      { type: 2, content: records[1] ?? Buffer.alloc(0) },
    ])
    const pe = await readPe(pages(bytes))
    expect(pe?.codeView).toMatchObject([{ guid }, { guid: other }])
    expect(await identifyMz(pages(bytes), 'a.exe')).toMatchObject({ debugId: `${guid}1` })
  })

  it('reads no more entries than any linker writes', async () => {
    const fillers = Array.from({ length: 64 }, () => ({ type: 16, content: Buffer.alloc(0) }))
    const last = { type: 2, content: rsds(guid, 1, 'app.pdb') }
    const bytes = withDebugEntries(makePe(plan), [...fillers, last])
    expect((await readPe(pages(bytes)))?.codeView).toEqual([])
  })

  it('reads the NB10 record of a PDB 2.00', async () => {
    const bytes = makePe({ ...plan, codeView })
    const record = Buffer.from('NB10\0\0\0\0\x9d\x7c\x5b\x3a\x05\0\0\0old.pdb\0', 'latin1')
    record.copy(bytes, DIRECTORY + 28)
    expect((await readPe(pages(bytes)))?.codeView).toEqual([
      { kind: 'nb10', signature: 0x3a5b7c9d, age: 5, pdbName: 'old.pdb' },
    ])
    expect(await identifyMz(pages(bytes), 'a.exe')).toMatchObject({ debugId: '3A5B7C9D5' })
  })

  it.each([
    ['embedded CodeView', 'NB11'],
    ['no CodeView at all', '\0\0\0\0'],
  ])('has no record for %s', async (_, signature) => {
    const bytes = makePe({ ...plan, codeView })
    bytes.write(signature, DIRECTORY + 28, 'latin1')
    expect((await readPe(pages(bytes)))?.codeView).toEqual([])
  })
})
