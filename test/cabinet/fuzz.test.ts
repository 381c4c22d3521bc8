import { readFileSync } from 'node:fs'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { CabinetReader } from '../../src/cabinet/cabinet-reader.ts'
import { AppError } from '../../src/lib/app-error.ts'
import { openCorpus } from '../helpers/corpus.ts'
import { makeCabinet, type MadeFolder } from './make-cabinet.ts'
import { randomLzx } from './random-lzx.ts'
import { Random } from './random.ts'
import { inChunks } from './read-all.ts'

const ROUNDS = 400

/** Checksums would keep nearly every mutation from the decoders. */
const unchecked = (compression: number, blocks: MadeFolder['blocks']): MadeFolder => ({
  compression,
  blocks,
  checksums: false,
})

function storedBlocks(content: Uint8Array): MadeFolder['blocks'] {
  return blocksOf(content).map((block) => ({ packed: block, size: block.byteLength }))
}

function mszipBlocks(content: Uint8Array): MadeFolder['blocks'] {
  return blocksOf(content).map((block, i, blocks) => {
    const dictionary = blocks[i - 1]
    const deflated = deflateRawSync(block, dictionary === undefined ? {} : { dictionary })
    return { packed: Buffer.concat([Buffer.from('CK'), deflated]), size: block.byteLength }
  })
}

function blocksOf(content: Uint8Array): Uint8Array[] {
  const count = Math.ceil(content.byteLength / 32_768)
  return Array.from({ length: count }, (_, i) => content.subarray(i * 32_768, (i + 1) * 32_768))
}

const cabinetOf = (folder: MadeFolder, size: number): Buffer =>
  makeCabinet({
    folders: [folder],
    files: [
      { name: 'one', size: size - 1 },
      { name: 'two', size: 1, offset: size - 1 },
    ],
  })

/** The first frames of a real LZX cabinet. */
function realLzx(path: string): Buffer {
  const bytes = readFileSync(path)
  let at = bytes.readUInt32LE(36)
  const blocks = Array.from({ length: 2 }, () => {
    const packed = bytes.subarray(at + 8, at + 8 + bytes.readUInt16LE(at + 4))
    at += 8 + packed.byteLength
    return { packed, size: 32_768 }
  })
  return cabinetOf(unchecked(0x1503, blocks), 65_536)
}

function mutate(random: Random, cabinet: Buffer): Buffer {
  const mutated = Buffer.from(cabinet)
  for (let change = random.below(4); change >= 0; change--) {
    // The directory is small; half of the changes go there.
    const at = random.below(
      random.chance(0.5) ? Math.min(100, mutated.byteLength) : mutated.byteLength,
    )
    const value = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)])
    mutated.subarray(at, at + random.pick([1, 1, 2, 4])).fill(value)
  }
  const cut = random.chance(0.1) ? random.below(mutated.byteLength) : mutated.byteLength
  return mutated.subarray(0, cut)
}

/** Extracts all of it, or ends in an AppError; anything else is thrown. */
async function outcome(cabinet: Uint8Array, chunkBytes: number): Promise<'read' | 'refused'> {
  try {
    await using reader = await CabinetReader.open(inChunks(cabinet, chunkBytes))
    for (const file of reader.files) {
      let bytes = 0
      for await (const chunk of reader.extract(file)) bytes += chunk.byteLength
      if (bytes !== file.size) throw new Error(`${bytes} bytes came of ${file.size}`)
    }
    return 'read'
  } catch (error) {
    if (error instanceof AppError) return 'refused'
    throw error
  }
}

const corpus = openCorpus()
const text = Buffer.from('a symbol file, or what looks like one. '.repeat(2000))
const lzx = (windowBits: number): Buffer => {
  const options = { windowBits, size: 50_000, callsFileSize: 0x4000_0000 }
  const { blocks } = randomLzx(new Random(windowBits), options)
  return cabinetOf(unchecked((windowBits << 8) | 3, blocks), options.size)
}
const cabinets: [string, Buffer][] = [
  ['stored', cabinetOf(unchecked(0, storedBlocks(text)), text.byteLength)],
  ['MSZIP', cabinetOf(unchecked(1, mszipBlocks(text)), text.byteLength)],
  ['LZX:15', lzx(15)],
  ['LZX:21', lzx(21)],
]
if (corpus !== undefined) {
  cabinets.push(['real LZX', realLzx(corpus.path('cab/lzx/app.pd_'))])
  for (const path of [
    'cab/multi_alpha.cab',
    'cab/mspack/normal_2files_2folders.cab',
    'cab/mspack/reserve_HFD.cab',
  ]) {
    cabinets.push([path, readFileSync(corpus.path(path))])
  }
}

describe('a cabinet with changed bytes', () => {
  it.each(cabinets)('gives what it says or an AppError: %s', async (name, cabinet) => {
    expect(await outcome(cabinet, 4096)).toBe('read')
    const random = new Random(name.length)
    const seen = { read: 0, refused: 0 }
    for (let round = 0; round < ROUNDS; round++) {
      const mutated = mutate(random, cabinet)
      seen[await outcome(mutated, random.pick([1000, 65_536]))]++
    }
    // Else the changes did not reach what they are meant for.
    expect(seen.refused).toBeGreaterThan(ROUNDS / 20)
  })
})
