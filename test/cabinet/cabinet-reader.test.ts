import { describe, expect, it } from 'vitest'
import { CabinetReader } from '../../src/cabinet/cabinet-reader.ts'
import { makeCabinet, type MadeCabinet } from './make-cabinet.ts'
import { inChunks, readAll } from './read-all.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)
const stored = (...texts: string[]): MadeCabinet['folders'][number] => ({
  compression: 0,
  blocks: texts.map((text) => ({ packed: bytes(text), size: text.length })),
})

const two: MadeCabinet = {
  folders: [stored('hello, ', 'world'), stored('second folder')],
  files: [
    { name: 'last.txt', size: 6, offset: 7, folder: 1 },
    { name: 'sub\\first.txt', size: 4, offset: 1 },
    { name: 'middle.txt', size: 6, offset: 6 },
  ],
}

describe('a cabinet', () => {
  it('lists its files in the order of their content, with / between folders', async () => {
    await using reader = await CabinetReader.open(inChunks(makeCabinet(two), 7))
    expect(reader.files).toEqual([
      { index: 0, name: 'sub/first.txt', size: 4 },
      { index: 1, name: 'middle.txt', size: 6 },
      { index: 2, name: 'last.txt', size: 6 },
    ])
  })

  it.each([1, 2, 3, 10, 65_536])('reads the same in chunks of %i bytes', async (chunkBytes) => {
    const files = await readAll(makeCabinet(two), chunkBytes)
    expect(files.map(({ content }) => content.toString())).toEqual(['ello', ' world', 'folder'])
  })

  it('lets files be left out', async () => {
    await using reader = await CabinetReader.open(inChunks(makeCabinet(two), 5))
    const content = await Array.fromAsync(reader.extract(reader.files[2]!))
    expect(Buffer.concat(content).toString()).toBe('folder')
  })

  it('lets a file be broken off before the next', async () => {
    await using reader = await CabinetReader.open(inChunks(makeCabinet(two), 5))
    const first = reader.extract(reader.files[0]!)
    await first.next()
    await first.return(undefined)
    const content = await Array.fromAsync(reader.extract(reader.files[1]!))
    expect(Buffer.concat(content).toString()).toBe(' world')
  })

  it('does not go back', async () => {
    await using reader = await CabinetReader.open(inChunks(makeCabinet(two), 5))
    await Array.fromAsync(reader.extract(reader.files[1]!))
    await expect(Array.fromAsync(reader.extract(reader.files[0]!))).rejects.toThrow(
      /in their order/,
    )
  })

  it('may hold empty files anywhere', async () => {
    const made = makeCabinet({
      folders: [stored('content')],
      files: [
        { name: 'a', size: 7 },
        { name: 'empty', size: 0, offset: 3 },
      ],
    })
    const files = await readAll(made)
    expect(files.map(({ content }) => content.toString())).toEqual(['content', ''])
  })

  it('may be followed by anything, a signature for one', async () => {
    const files = await readAll(Buffer.concat([makeCabinet(two), bytes('signature')]))
    expect(files).toHaveLength(3)
  })

  it('need not have checksums', async () => {
    const folder = { ...stored('unchecked'), checksums: false }
    const files = await readAll(makeCabinet({ folders: [folder], files: [{ name: 'a', size: 9 }] }))
    expect(files[0]?.content.toString()).toBe('unchecked')
  })

  it('ends its source when it is closed, and when it cannot be opened', async () => {
    let ended = 0
    const source = async function* (cabinet: Uint8Array): AsyncGenerator<Uint8Array> {
      try {
        yield* inChunks(cabinet, 8)
      } finally {
        ended++
      }
    }
    const reader = await CabinetReader.open(source(makeCabinet(two)))
    expect(ended).toBe(0)
    await reader[Symbol.asyncDispose]()
    expect(ended).toBe(1)
    await expect(CabinetReader.open(source(bytes('no cabinet at all')))).rejects.toThrow(/MSCF/)
    expect(ended).toBe(2)
  })
})

const one = (changes: Partial<MadeCabinet>): MadeCabinet => ({
  folders: [stored('content')],
  files: [{ name: 'a', size: 7 }],
  ...changes,
})

describe('a cabinet is refused', () => {
  it.each<[string, MadeCabinet, string, RegExp]>([
    ['before another', one({ flags: 2 }), 'unsupported_format', /set that spans/],
    ['after another', one({ flags: 1 }), 'unsupported_format', /set that spans/],
    ['of another version', one({ version: 0x0104 }), 'unsupported_format', /version is 1\.4/],
    [
      'with a file that goes on in the next',
      one({ files: [{ name: 'a', size: 7, folder: 0xfffe }] }),
      'unsupported_format',
      /spans several/,
    ],
    [
      'compressed with Quantum',
      one({ folders: [{ ...stored('content'), compression: 0x0702 }] }),
      'unsupported_format',
      /Quantum/,
    ],
    [
      'compressed in an unknown way',
      one({ folders: [{ ...stored('content'), compression: 4 }] }),
      'unsupported_format',
      /method 4/,
    ],
    [
      'with an LZX window that does not exist',
      one({ folders: [{ ...stored('content'), compression: 0x1603 }] }),
      'archive_damaged',
      /window of 2\^22/,
    ],
    [
      'with a file in no folder',
      one({ files: [{ name: 'a', size: 7, folder: 1 }] }),
      'archive_damaged',
      /folder that is not there/,
    ],
    [
      'with a file that no folder could hold',
      one({ files: [{ name: 'a', size: 0xffff_ffff }] }),
      'archive_damaged',
      /4294967295 bytes do not fit/,
    ],
    [
      'with a file beyond the content of its folder',
      one({ files: [{ name: 'a', size: 8 }] }),
      'archive_damaged',
      /folder is shorter/,
    ],
    [
      'with files that share content',
      one({
        files: [
          { name: 'a', size: 4 },
          { name: 'b', size: 4, offset: 3 },
        ],
      }),
      'archive_hostile',
      /share/,
    ],
    [
      'with a name that does not end',
      one({ files: [{ name: 'n'.repeat(256), size: 7 }] }),
      'archive_damaged',
      /name/,
    ],
    ['with more in it than it says', one({ statedBytes: 70 }), 'archive_damaged', /beyond its end/],
    [
      'with a block that says another size',
      one({ folders: [{ compression: 0, blocks: [{ packed: bytes('content'), size: 8 }] }] }),
      'archive_damaged',
      /two sizes/,
    ],
    [
      'with an empty block',
      one({ folders: [{ compression: 0, blocks: [{ packed: bytes(''), size: 0 }] }] }),
      'archive_damaged',
      /impossible size/,
    ],
  ])('that is %s', async (_, made, code, message) => {
    await expect(readAll(makeCabinet(made))).rejects.toMatchObject({
      name: 'AppError',
      code,
      message: expect.stringMatching(message),
    })
  })

  it('whose data is not what was summed up', async () => {
    const made = makeCabinet(one({}))
    made[made.byteLength - 1]! ^= 1
    await expect(readAll(made)).rejects.toMatchObject({
      code: 'archive_damaged',
      message: expect.stringMatching(/checksum/),
    })
  })

  it('wherever it is cut', async () => {
    const made = makeCabinet(two)
    for (let length = 0; length < made.byteLength; length++) {
      await expect(readAll(made.subarray(0, length))).rejects.toMatchObject({
        code: 'archive_damaged',
      })
    }
  })
})
