import { describe, expect, it } from 'vitest'
import { DamagedFile } from '../../../src/symbols/formats/damaged-file.ts'
import { PagedReader } from '../../../src/symbols/formats/paged-reader.ts'
import { MemoryReader } from '../../helpers/memory-reader.ts'

const MIB = 1 << 20

function numbered(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 7) & 0xff))
}

describe('PagedReader', () => {
  it('serves small reads in one neighbourhood from one read of the source', async () => {
    const bytes = numbered(10_000)
    const source = new MemoryReader(bytes)
    const reader = new PagedReader(source)
    for (const offset of [0, 9_990, 5_000]) {
      expect(Buffer.from(await reader.read(offset, 10))).toEqual(
        bytes.subarray(offset, offset + 10),
      )
    }
    expect(source.reads).toBe(1)
  })

  it.each([
    [16_380, 8],
    [16_384, 16_384],
    [100, 50_000],
    [99_999, 1],
    [100_000, 0],
  ])('gives exactly the bytes at %i, %i long, over page borders', async (offset, length) => {
    const bytes = numbered(100_000)
    const reader = new PagedReader(new MemoryReader(bytes))
    expect(Buffer.from(await reader.read(offset, length))).toEqual(
      bytes.subarray(offset, offset + length),
    )
  })

  it.each([
    [-1, 1],
    [0, 101],
    [100, 1],
    [2 ** 63, 4],
    [0, -1],
    [Number.NaN, 1],
  ])('refuses what lies outside: offset %d, length %d', async (offset, length) => {
    const source = new MemoryReader(numbered(100))
    await expect(new PagedReader(source).read(offset, length)).rejects.toThrow(DamagedFile)
    expect(source.reads).toBe(0)
  })

  it('refuses to read more than 8 MiB at once, and more than 64 MiB in all', async () => {
    const source = new MemoryReader(Buffer.alloc(80 * MIB))
    const reader = new PagedReader(source)
    await expect(reader.read(0, 8 * MIB + 1)).rejects.toThrow(DamagedFile)
    for (let piece = 0; piece < 8; piece++) await reader.read(piece * 8 * MIB, 8 * MIB)
    await expect(reader.read(64 * MIB, 1)).rejects.toThrow('too many places')
    expect(source.bytesAsked).toBe(64 * MIB)
  })
})
