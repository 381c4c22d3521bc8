import { describe, expect, it } from 'vitest'
import { identifyMsfz } from '../../../src/symbols/formats/identify-msfz.ts'
import { PagedReader } from '../../../src/symbols/formats/paged-reader.ts'
import type { Identification } from '../../../src/symbols/identification.ts'
import { makeMsfz, msfzDbi, msfzInfo, type MsfzPlan } from '../../helpers/make-msfz.ts'
import { MemoryReader } from '../../helpers/memory-reader.ts'

const guid = '00112233445566778899AABBCCDDEEFF'
const HEADER_BYTES = 80
const [NONE, ZSTD, DEFLATE] = [0, 1, 2]
const info = (age: number): Buffer => msfzInfo(guid, age)
const dbi = msfzDbi

function msfz(plan: MsfzPlan): Buffer {
  return makeMsfz({ chunks: [info(7), dbi(3)], ...plan })
}

function patched(offset: number, value: number): Buffer {
  const bytes = msfz({ compression: NONE })
  bytes.writeUInt32LE(value, offset)
  return bytes
}

function identifyBytes(
  bytes: Uint8Array,
  name: string | undefined = 'App.pdb',
): Promise<Identification> {
  return identifyMsfz(new PagedReader(new MemoryReader(bytes)), name)
}

describe('identifyMsfz', () => {
  it('answers for its four-part path alone, never for the PDB', async () => {
    expect(await identifyBytes(msfz({}))).toEqual({
      status: 'accept',
      kind: 'msfz',
      arch: 'x86_64',
      debugId: `${guid}3`,
      identities: [
        { kind: 'path', path: `app.pdb/${guid.toLowerCase()}3/msfz0/app.pdb` },
        { kind: 'path', path: `app.pdb/${guid.toLowerCase()}7/msfz0/app.pdb` },
      ],
      keys: [`App.pdb/${guid}3/msfz0/App.pdb`, `App.pdb/${guid}7/msfz0/App.pdb`],
    })
  })

  it.each([
    ['stored', NONE],
    ['in zstd', ZSTD],
    ['in DEFLATE', DEFLATE],
  ])('reads chunks and directory %s', async (_, compression) => {
    expect(await identifyBytes(msfz({ compression }))).toMatchObject({ debugId: `${guid}3` })
  })

  it('reads streams that lie uncompressed, in several fragments', async () => {
    const bytes = info(7)
    const fragments = [
      { bytes: bytes.subarray(0, 5) },
      { bytes: bytes.subarray(5, 20) },
      { bytes: bytes.subarray(20) },
    ]
    const found = await identifyBytes(
      msfz({ streams: [[], fragments, [], [{ bytes: dbi(3) }]], chunks: [] }),
    )
    expect(found).toMatchObject({ debugId: `${guid}3` })
  })

  it('follows a stream from one chunk into the next', async () => {
    const all = Buffer.concat([Buffer.alloc(100), info(7), dbi(3)])
    const chunks = [all.subarray(0, 110), all.subarray(110, 111), all.subarray(111)]
    const streams: NonNullable<MsfzPlan['streams']> = [
      [],
      [{ chunk: 0, offset: 100, size: 28 }],
      [],
      [{ chunk: 2, offset: 17, size: 64 }],
    ]
    expect(await identifyBytes(msfz({ streams, chunks }))).toMatchObject({ debugId: `${guid}3` })
  })

  it('needs a name', async () => {
    const found = await identifyMsfz(new PagedReader(new MemoryReader(msfz({}))), undefined)
    expect(found).toMatchObject({ needsName: true, identities: [], keys: [] })
  })

  it.each([
    ['another version', patched(32, 1)],
    ['no streams', patched(56, 0)],
    ['too many streams', patched(56, 65_537)],
    ['an unknown compression', patched(60, 9)],
    ['a huge directory', patched(68, 0x7fffffff)],
    ['a directory of another size', patched(68, 8)],
    ['a directory beyond the end', patched(44, 1)],
    ['a chunk table beyond the end', patched(52, 1)],
    ['no such chunk', patched(72, 0)],
    ['no info stream', msfz({ streams: [[], 'nil'] })],
    ['a fragment behind its chunk', msfz({ streams: [[], [{ chunk: 0, offset: 29, size: 28 }]] })],
    ['a directory that is no zstd', damagedDirectory()],
    ['a chunk that unpacks to more than it states', bomb()],
    ['a header alone', msfz({}).subarray(0, HEADER_BYTES)],
    ['a stream with each byte in another large chunk', scattered()],
  ])('refuses %s', async (_, bytes) => {
    await expect(identifyBytes(bytes)).rejects.toThrow(/MSFZ|PDB|beyond|cut off/)
  })
})

function damagedDirectory(): Buffer {
  const bytes = msfz({})
  bytes.fill(0xff, bytes.readUInt32LE(40))
  return bytes
}

/** The first chunk says 28 bytes and holds a million. */
function bomb(): Buffer {
  const bytes = msfz({ chunks: [Buffer.alloc(1 << 20), dbi(3)] })
  bytes.writeUInt32LE(28, bytes.readUInt32LE(48) + 16)
  return bytes
}

/** Few bytes that unpack to more than any id is worth, none of the chunks too large by itself. */
function scattered(): Buffer {
  const chunks = Array<Buffer>(28).fill(Buffer.alloc(3 << 20, 1))
  const stream = chunks.map((_, chunk) => ({ chunk, offset: 0, size: 1 }))
  return msfz({ streams: [[], stream], chunks })
}
