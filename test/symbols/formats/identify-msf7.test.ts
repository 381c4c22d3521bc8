import { describe, expect, it } from 'vitest'
import { identifyMsf7 } from '../../../src/symbols/formats/identify-msf7.ts'
import { PagedReader } from '../../../src/symbols/formats/paged-reader.ts'
import type { Identification } from '../../../src/symbols/identification.ts'
import { makePdb } from '../../helpers/make-pdb.ts'
import { MemoryReader } from '../../helpers/memory-reader.ts'

const guid = 'A1B2C3D4E5F60718293A4B5C6D7E8F90'
const PAGE = 4096
const [INFO_PAGE, DBI_PAGE, DIRECTORY_PAGE, MAP_PAGE] = [3, 4, 5, 6]

function identifyPdb(bytes: Uint8Array): Promise<Identification> {
  return identifyMsf7(new PagedReader(new MemoryReader(bytes)), 'app.pdb')
}

/** A PDB with 32-bit words overwritten, each given as [page, offset, value]. */
function patched(...words: readonly (readonly [number, number, number])[]): Buffer {
  const bytes = makePdb({ guid, age: 2 })
  for (const [page, offset, value] of words) bytes.writeUInt32LE(value, page * PAGE + offset)
  return bytes
}

describe('identifyMsf7', () => {
  it.each([512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536])(
    'reads pages of %i bytes',
    async (pageSize) => {
      const bytes = makePdb({ guid, age: 2, pageSize, payload: Buffer.alloc(300_000, 1) })
      expect(await identifyPdb(bytes)).toMatchObject({ keys: [`app.pdb/${guid}2/app.pdb`] })
    },
  )

  it('follows a directory that needs several map pages', async () => {
    const bytes = makePdb({ guid, age: 2, pageSize: 512, payload: Buffer.alloc(12 << 20) })
    expect(await identifyPdb(bytes)).toMatchObject({ keys: [`app.pdb/${guid}2/app.pdb`] })
  })

  it('goes by the age of the DBI stream, and answers for the raised info age too', async () => {
    expect(await identifyPdb(makePdb({ guid, age: 1, infoAge: 0x1f }))).toMatchObject({
      debugId: `${guid}1`,
      identities: [
        { kind: 'pdb', guid, age: 1 },
        { kind: 'pdb', guid, age: 0x1f },
      ],
      keys: [`app.pdb/${guid}1/app.pdb`, `app.pdb/${guid}1f/app.pdb`],
    })
  })

  it.each([
    ['nil', 0xffffffff],
    ['empty', 0],
  ])('files a PDB whose DBI stream is %s without age, and under the info age', async (_, size) => {
    const found = await identifyPdb(patched([DIRECTORY_PAGE, 4 + 3 * 4, size]))
    expect(found).toMatchObject({ keys: [`app.pdb/${guid}/app.pdb`, `app.pdb/${guid}2/app.pdb`] })
    expect(found).not.toHaveProperty('debugId')
  })

  it('leaves an age of 0 out of the path, and keeps it in the debug id', async () => {
    expect(await identifyPdb(makePdb({ guid, age: 0 }))).toMatchObject({
      debugId: `${guid}0`,
      keys: [`app.pdb/${guid}/app.pdb`],
    })
  })

  it.each([
    ['a page size that is no power of two', patched([0, 32, 4097])],
    ['a page size beyond belief', patched([0, 32, 131_072])],
    ['a huge directory', patched([0, 44, 0x7fffffff])],
    ['an empty directory', patched([0, 44, 0])],
    ['a map page beyond the end', patched([0, 52, 0xfffffff0])],
    ['a directory page in the superblock', patched([MAP_PAGE, 0, 0])],
    ['a stream page beyond the end', patched([DIRECTORY_PAGE, 4 + 5 * 4, 7])],
    ['too many streams', patched([DIRECTORY_PAGE, 0, 65_537])],
    ['streams beyond the directory', patched([DIRECTORY_PAGE, 4, 0x40000000])],
    ['no info stream', patched([DIRECTORY_PAGE, 4 + 4, 0xffffffff])],
    ['an info stream of a few bytes', patched([DIRECTORY_PAGE, 4 + 4, 10])],
    ['a version before GUIDs', patched([INFO_PAGE, 0, 19_970_604])],
    ['a zero GUID', makePdb({ guid: '0'.repeat(32), age: 1 })],
  ])('refuses %s', async (_, bytes) => {
    await expect(identifyPdb(bytes)).rejects.toThrow(/PDB|cut off/)
  })

  it('takes a DBI stream of the old form as one without age', async () => {
    expect(await identifyPdb(patched([DBI_PAGE, 0, 5]))).toMatchObject({
      keys: [`app.pdb/${guid}/app.pdb`, `app.pdb/${guid}2/app.pdb`],
    })
  })
})
