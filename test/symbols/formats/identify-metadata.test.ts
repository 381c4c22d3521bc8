import { describe, expect, it } from 'vitest'
import { identifyMetadata } from '../../../src/symbols/formats/identify-metadata.ts'
import { PagedReader } from '../../../src/symbols/formats/paged-reader.ts'
import type { Identification } from '../../../src/symbols/identification.ts'
import { MemoryReader } from '../../helpers/memory-reader.ts'

const id = Buffer.from('b529691d8b46b84d93899a12bd257e1b01020304', 'hex')
const guid = '1D6929B5468B4DB893899A12BD257E1B'

/** Metadata with a stream of that name which holds the id. */
function metadata({ stream = '#Pdb', streams = 1, content = id }): Buffer {
  const root = Buffer.alloc(16)
  root.write('BSJB', 0, 'latin1')
  root.writeUInt32LE(12, 12)
  const name = Buffer.alloc(Math.ceil((stream.length + 1) / 4) * 4)
  name.write(stream, 'latin1')
  const header = Buffer.alloc(12)
  header.writeUInt16LE(streams, 2)
  header.writeUInt32LE(16 + 12 + 12 + name.byteLength, 4)
  header.writeUInt32LE(content.byteLength, 8)
  return Buffer.concat([root, Buffer.from('PDB v1.0\0\0\0\0'), header, name, content])
}

function identifyBytes(bytes: Uint8Array): Promise<Identification> {
  return identifyMetadata(new PagedReader(new MemoryReader(bytes)), 'lib.pdb')
}

describe('identifyMetadata', () => {
  it('files a portable PDB under FFFFFFFF, and under the age 1 of old debuggers', async () => {
    expect(await identifyBytes(metadata({}))).toEqual({
      status: 'accept',
      kind: 'portable-pdb',
      debugId: `${guid}0`,
      identities: [{ kind: 'portable-pdb', guid }],
      keys: [`lib.pdb/${guid}FFFFFFFF/lib.pdb`, `lib.pdb/${guid}1/lib.pdb`],
    })
  })

  it('skips the metadata of an assembly', async () => {
    expect(await identifyBytes(metadata({ stream: '#Strings' }))).toMatchObject({ status: 'skip' })
  })

  it.each([
    ['too many streams', metadata({ stream: '#~', streams: 33 })],
    ['fewer streams than stated', metadata({ stream: '#~', streams: 30 })],
    ['a short id', metadata({ content: id.subarray(0, 19) })],
    ['a zero id', metadata({ content: Buffer.alloc(20) })],
    ['a cut file', metadata({}).subarray(0, -1)],
    ['a root alone', metadata({}).subarray(0, 16)],
  ])('refuses %s', async (_, bytes) => {
    await expect(identifyBytes(bytes)).rejects.toThrow(/stream|beyond|cut off|placeholder/)
  })
})
