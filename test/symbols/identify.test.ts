import { describe, expect, it } from 'vitest'
import type { ByteReader } from '../../src/lib/byte-reader.ts'
import { identify } from '../../src/symbols/identify.ts'
import { makeElf } from '../helpers/make-elf.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makePe } from '../helpers/make-pe.ts'
import { MemoryReader } from '../helpers/memory-reader.ts'

const guid = '0123456789ABCDEF0123456789ABCDEF'
const pdb = makePdb({ guid, age: 10 })
const pe = makePe({ timestamp: 0x5ab38077, sizeOfImage: 0x9000 })

function identifyBytes(bytes: Uint8Array | string, name?: string): ReturnType<typeof identify> {
  return identify(new MemoryReader(Buffer.from(bytes)), name)
}

describe('identify', () => {
  it('files a PDB in SymStore casing: name as given, GUID upper, age in lower hex', async () => {
    expect(await identifyBytes(pdb, 'My App.PDB')).toEqual({
      status: 'accept',
      kind: 'pdb',
      arch: 'x86_64',
      debugId: `${guid}a`,
      identities: [{ kind: 'pdb', guid, age: 10 }],
      keys: [`My App.PDB/${guid}a/My App.PDB`],
    })
  })

  it('files an image by timestamp, size and name, its identity in lower case', async () => {
    expect(await identifyBytes(pe, 'Crash.exe')).toMatchObject({
      kind: 'pe',
      codeId: '5AB380779000',
      identities: [{ kind: 'pe', name: 'crash.exe', timestamp: 0x5ab38077, sizeOfImage: 0x9000 }],
      keys: ['Crash.exe/5AB380779000/Crash.exe'],
    })
  })

  it.each(['C:\\build\\out\\app.pdb', '/build/out/app.pdb', 'C:/build\\out/app.pdb'])(
    'drops the folders of the name %s',
    async (name) => {
      expect(await identifyBytes(pdb, name)).toMatchObject({ keys: [`app.pdb/${guid}a/app.pdb`] })
    },
  )

  it.each([undefined, '', '..', 'folder/', 'a\0.pdb'])(
    'says that it needs a name when that is %j',
    async (name) => {
      expect(await identifyBytes(pe, name)).toMatchObject({
        status: 'accept',
        needsName: true,
        identities: [],
        keys: [],
      })
      expect(await identifyBytes(pdb, name)).toMatchObject({
        needsName: true,
        identities: [{ kind: 'pdb', guid, age: 10 }],
        keys: [],
      })
    },
  )

  it('needs no name for files whose keys carry none', async () => {
    const found = await identifyBytes(makeElf({ buildId: 'ab'.repeat(20), debug: true }))
    expect(found).toMatchObject({ keys: [`_.debug/elf-buildid-sym-${'ab'.repeat(20)}/_.debug`] })
    expect(found).not.toHaveProperty('needsName')
  })

  it.each([
    ['<!DOCTYPE html><html><body>Sign in</body></html>', 'app.txt'],
    ['{"error":"not found"}', 'index.json'],
    ['', 'pingme.txt'],
    ['MODULE whatever\nIMPLICIT NONE\n', 'solver.f90'],
    ['PK\x03\x04 and so on', 'app.zip'],
  ])('skips %j', async (content, name) => {
    expect(await identifyBytes(content, name)).toMatchObject({ status: 'skip' })
  })

  it('names the other format in the reason for skipping', async () => {
    expect(await identifyBytes(Buffer.from('MSCF\0\0\0\0', 'latin1'), 'app.pd_')).toEqual({
      status: 'skip',
      reason: 'a cabinet, not a symbol file',
    })
  })

  it.each(['app.pdb', 'APP.EXE', 'app.sym'])(
    'rejects other content under the name %s',
    async (name) => {
      expect(await identifyBytes('<html>Sign in</html>', name)).toMatchObject({ status: 'reject' })
    },
  )

  it('rejects a cut PDB and says by how much', async () => {
    expect(await identifyBytes(pdb.subarray(0, pdb.byteLength - 1), 'app.pdb')).toEqual({
      status: 'reject',
      kind: 'pdb',
      reason: `the PDB is cut off: ${pdb.byteLength - 1} of ${pdb.byteLength} bytes`,
    })
  })

  it('passes I/O trouble on', async () => {
    const failing: ByteReader = { size: 4096, read: () => Promise.reject(new Error('EIO')) }
    await expect(identify(failing, 'app.pdb')).rejects.toThrow('EIO')
  })

  it('rejects a file that is shorter than its reader says', async () => {
    const cut = new MemoryReader(pdb.subarray(0, 4096))
    const lying: ByteReader = {
      size: pdb.byteLength,
      read: (offset, length) => cut.read(offset, length),
    }
    expect(await identify(lying, 'app.pdb')).toMatchObject({ status: 'reject' })
  })
})
