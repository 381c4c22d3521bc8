import { describe, expect, it } from 'vitest'
import { identifyMetadata } from '../../../src/symbols/formats/identify-metadata.ts'
import { PagedReader } from '../../../src/symbols/formats/paged-reader.ts'
import type { Identification } from '../../../src/symbols/identification.ts'
import { makeMetadata } from '../../helpers/make-metadata.ts'
import { MemoryReader } from '../../helpers/memory-reader.ts'

const id = Buffer.from('b529691d8b46b84d93899a12bd257e1b01020304', 'hex')
const guid = '1D6929B5468B4DB893899A12BD257E1B'

function identifyBytes(bytes: Uint8Array): Promise<Identification> {
  return identifyMetadata(new PagedReader(new MemoryReader(bytes)), 'lib.pdb')
}

describe('identifyMetadata', () => {
  it('files a portable PDB under FFFFFFFF, and under the age 1 of old debuggers', async () => {
    expect(await identifyBytes(makeMetadata({}))).toEqual({
      status: 'accept',
      kind: 'portable-pdb',
      debugId: `${guid}0`,
      identities: [{ kind: 'portable-pdb', guid }],
      keys: [`lib.pdb/${guid}FFFFFFFF/lib.pdb`, `lib.pdb/${guid}1/lib.pdb`],
    })
  })

  it('skips the metadata of an assembly', async () => {
    expect(await identifyBytes(makeMetadata({ stream: '#Strings' }))).toMatchObject({
      status: 'skip',
    })
  })

  it.each([
    ['too many streams', makeMetadata({ stream: '#~', streams: 33 })],
    ['fewer streams than stated', makeMetadata({ stream: '#~', streams: 30 })],
    ['a short id', makeMetadata({ content: id.subarray(0, 19) })],
    ['a zero id', makeMetadata({ content: Buffer.alloc(20) })],
    ['a cut file', makeMetadata({}).subarray(0, -1)],
    ['a root alone', makeMetadata({}).subarray(0, 16)],
  ])('refuses %s', async (_, bytes) => {
    await expect(identifyBytes(bytes)).rejects.toThrow(/stream|beyond|cut off|placeholder/)
  })
})
