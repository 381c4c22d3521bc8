import { expect, it } from 'vitest'
import { findElfSection } from '../../src/symbols/find-elf-section.ts'
import { makeElf } from '../helpers/make-elf.ts'
import { MemoryReader } from '../helpers/memory-reader.ts'

const buildId = '0123456789abcdef0123456789abcdef01234567'
const image = makeElf({ buildId })
const debug = makeElf({ buildId, debug: true })

it('finds the bytes of a section by its whole name', async () => {
  const text = await findElfSection(new MemoryReader(image), '.text')
  expect(text).toMatchObject({ size: 64 })
  expect(image.subarray(text?.offset, (text?.offset ?? 0) + 64)).toEqual(Buffer.alloc(64, 0xc3))
  expect(await findElfSection(new MemoryReader(debug), '.debug_info')).toMatchObject({ size: 32 })
})

it('finds nothing under part of a name, another name, or none', async () => {
  for (const name of ['.tex', '.text2', '.debug_line', ''])
    expect(await findElfSection(new MemoryReader(image), name)).toBeUndefined()
})

it('does not take the empty shell of a debug file for the section', async () => {
  expect(await findElfSection(new MemoryReader(debug), '.text')).toBeUndefined()
})

it('finds nothing in files that are cut off or no ELF files', async () => {
  for (let length = 0; length < image.byteLength; length += 7)
    await expect(
      findElfSection(new MemoryReader(image.subarray(0, length)), '.debug_line'),
    ).resolves.toBeUndefined()
  expect(
    await findElfSection(new MemoryReader(Buffer.from('MZ and more')), '.text'),
  ).toBeUndefined()
})
