import { describe, expect, it } from 'vitest'
import { LzxDecoder } from '../../src/cabinet/lzx/lzx-decoder.ts'
import { makeCabinet } from './make-cabinet.ts'
import { randomLzx } from './random-lzx.ts'
import { Random } from './random.ts'
import { readAll } from './read-all.ts'

const CALLS_FILE_SIZES = [0, 0x1_0000, 0x4000_0000, 0x7fff_ffff]

// Streams of this generator were read alike by cabextract and 7-Zip when it was written.
describe('LZX', () => {
  it.each([15, 16, 17, 18, 19, 20, 21])(
    'decodes every turn of the format with a window of 2^%i',
    async (windowBits) => {
      for (const callsFileSize of CALLS_FILE_SIZES) {
        const random = new Random(windowBits + callsFileSize)
        const size = 1 + random.below(150_000)
        const { blocks, content } = randomLzx(random, { windowBits, size, callsFileSize })
        const cabinet = makeCabinet({
          folders: [{ compression: (windowBits << 8) | 3, blocks }],
          files: [{ name: 'random', size }],
        })
        const [file] = await readAll(cabinet)
        expect(file?.content.equals(content)).toBe(true)
      }
    },
  )

  it('keeps its whole window while it slides', async () => {
    const random = new Random(1)
    const size = 1_400_000
    const { blocks, content } = randomLzx(random, { windowBits: 15, size, callsFileSize: 0 })
    const decoder = new LzxDecoder(15, 40_000)
    let at = 0
    for (const block of blocks) {
      const out = new Uint8Array(block.size)
      decoder.decode(block.packed, out)
      expect(Buffer.compare(out, content.subarray(at, at + block.size))).toBe(0)
      at += block.size
    }
    expect(at).toBe(size)
  })

  it('refuses a short frame before the last', () => {
    const { blocks } = randomLzx(new Random(2), { windowBits: 15, size: 1000, callsFileSize: 0 })
    const decoder = new LzxDecoder(15, 40_000)
    decoder.decode(blocks[0]!.packed, new Uint8Array(1000))
    expect(() => decoder.decode(blocks[0]!.packed, new Uint8Array(1000))).toThrow(/frame/)
  })
})
