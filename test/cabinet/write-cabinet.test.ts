import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeCabinet } from '../../src/cabinet/write-cabinet.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { Random } from './random.ts'
import { inChunks, readAll } from './read-all.ts'

const modifiedAt = new Date('2024-02-29T13:37:42Z')

/** Readers of others, and how they write a cabinet's file to stdout. */
const READERS: [string, string[]][] = [
  ['cabextract', ['-q', '-p']],
  ['7z', ['x', '-so']],
  ['bsdtar', ['-xOf']],
]

function isInstalled(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, tool)))
}

async function write(
  name: string,
  content: Uint8Array,
  path = join(tempDir(), 'file.cab'),
): Promise<string> {
  const member = { name, size: content.byteLength, modifiedAt }
  await writeCabinet(inChunks(content, 50_001), member, path)
  return path
}

const random = new Random(7).bytes(300_001)
const text = Buffer.from(
  Array.from({ length: 30_000 }, (_, line) => `line ${line % 1000}\n`).join(''),
)
const contents: [string, Uint8Array][] = [
  ['nothing', new Uint8Array(0)],
  ['one byte', Uint8Array.of(7)],
  ['one whole block', text.subarray(0, 32_768)],
  ['a block and a byte', text.subarray(0, 32_769)],
  ['text', text],
  ['what cannot be compressed', random],
]

describe('a written cabinet', () => {
  it.each(contents)('holds %s', async (_, content) => {
    const cabinet = readFileSync(await write('Größe.pdb', content))
    expect(cabinet.readUInt32LE(8)).toBe(cabinet.byteLength)
    const files = await readAll(cabinet)
    expect(files).toHaveLength(1)
    expect(files[0]?.name).toBe('Größe.pdb')
    expect(files[0]?.content.equals(content)).toBe(true)
  })

  it('is small where the content repeats over its blocks', async () => {
    const repeated = new Uint8Array(320_000)
    for (let at = 0; at < repeated.byteLength; at += 20_000)
      repeated.set(random.subarray(0, 20_000), at)
    expect(readFileSync(await write('a', repeated)).byteLength).toBeLessThan(30_000)
  })

  it('has no block that grows beyond what readers have room for', async () => {
    const cabinet = readFileSync(await write('a', random))
    let at = cabinet.readUInt32LE(36)
    while (at < cabinet.byteLength) {
      const packed = cabinet.readUInt16LE(at + 4)
      expect(packed).toBeLessThanOrEqual(cabinet.readUInt16LE(at + 6) + 12)
      at += 8 + packed
    }
    expect(at).toBe(cabinet.byteLength)
  })

  it('is the same for the same content', async () => {
    const [first, second] = [await write('a', text), await write('a', text)]
    expect(readFileSync(first).equals(readFileSync(second))).toBe(true)
  })

  it.each(READERS)('is read by %s', async (tool, options) => {
    if (!isInstalled(tool)) {
      process.stderr.write(`SKIPPED: ${tool} is not installed\n`)
      return
    }
    for (const content of [text, random]) {
      const path = await write('file.pdb', content)
      const read = execFileSync(tool, [...options, path], { stdio: ['ignore', 'pipe', 'inherit'] })
      expect(read.equals(content)).toBe(true)
    }
  })
})

describe('a cabinet is not written', () => {
  it.each([
    ['more than a folder holds', { name: 'a', size: 0x7fff_8001 }, /2147450880 bytes/],
    ['a name that readers have no room for', { name: 'ä'.repeat(128), size: 1 }, /255 bytes/],
  ])('for %s', async (_, member, message) => {
    const path = join(tempDir(), 'file.cab')
    const writing = writeCabinet(inChunks(text, 1000), { ...member, modifiedAt }, path)
    await expect(writing).rejects.toMatchObject({
      name: 'AppError',
      code: 'limit_exceeded',
      message: expect.stringMatching(message),
    })
    expect(existsSync(path)).toBe(false)
  })

  it.each([
    ['less', text.byteLength + 1],
    ['more', text.byteLength - 1],
  ])('from %s content than was told', async (_, size) => {
    const path = join(tempDir(), 'file.cab')
    const writing = writeCabinet(inChunks(text, 1000), { name: 'a', size, modifiedAt }, path)
    await expect(writing).rejects.toThrow(/told/)
  })
})
