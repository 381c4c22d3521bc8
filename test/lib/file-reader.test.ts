import { appendFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FileReader } from '../../src/lib/file-reader.ts'
import { tempDir } from '../helpers/temp-dir.ts'

function file(content: string): string {
  const path = join(tempDir(), 'file')
  writeFileSync(path, content)
  return path
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

describe('FileReader', () => {
  it('reads any part of a file, cut at its end', async () => {
    await using reader = await FileReader.open(file('0123456789'))
    expect(reader.size).toBe(10)
    expect(text(await reader.read(2, 3))).toBe('234')
    expect(text(await reader.read(0, 10))).toBe('0123456789')
    expect(text(await reader.read(8, 100))).toBe('89')
    expect(text(await reader.read(10, 1))).toBe('')
    expect(text(await reader.read(1e15, 5))).toBe('')
    expect(text(await reader.read(3, 0))).toBe('')
  })

  it('makes no buffer for what the file cannot have', async () => {
    await using reader = await FileReader.open(file('0123456789'))
    expect((await reader.read(0, 2 ** 50)).buffer.byteLength).toBe(10)
  })

  it('keeps to the size that the file had when it was opened', async () => {
    const path = file('0123456789')
    await using reader = await FileReader.open(path)
    appendFileSync(path, 'more')
    expect(text(await reader.read(8, 100))).toBe('89')
    truncateSync(path, 4)
    expect(text(await reader.read(2, 100))).toBe('23')
  })

  it('rejects for what is not there', async () => {
    await expect(FileReader.open(join(tempDir(), 'nothing'))).rejects.toMatchObject({
      code: 'ENOENT',
    })
  })

  it('closes its descriptor, after a failed read too', async () => {
    const before = readdirSync('/proc/self/fd').length
    for (let round = 0; round < 20; round++) {
      await using reader = await FileReader.open(file('0123456789'))
      await reader.read(0, 10)
    }
    const folder = await FileReader.open(tempDir())
    await expect(folder.read(0, 1)).rejects.toMatchObject({ code: 'EISDIR' })
    await folder[Symbol.asyncDispose]()
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before + 1)
  })
})
