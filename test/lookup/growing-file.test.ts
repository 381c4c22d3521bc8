import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { GrowingFile } from '../../src/lookup/growing-file.ts'
import { tempDir } from '../helpers/temp-dir.ts'

async function growing(): Promise<{ file: GrowingFile; path: string }> {
  const path = join(tempDir(), 'fill')
  return { file: await GrowingFile.create(path), path }
}

/** Reads from `start` to the end, `step` bytes at most at a time. */
async function readAll(file: GrowingFile, step: number, start = 0): Promise<Buffer> {
  const parts: Buffer[] = []
  for (let position = start; ;) {
    const buffer = Buffer.alloc(step)
    const count = await file.read(buffer, position)
    if (count === 0) return Buffer.concat(parts)
    parts.push(buffer.subarray(0, count))
    position += count
  }
}

/** Whether the promise is still open after everything that could settle it has had its turn. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol('open')
  const later = new Promise((resolve) => setTimeout(() => resolve(open), 20))
  return (await Promise.race([promise.catch(() => {}), later])) === open
}

const isOpen = (path: string): boolean =>
  readdirSync('/proc/self/fd').some((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path
    } catch {
      return false
    }
  })

describe('GrowingFile', () => {
  it('gives any number of readers every byte, while it is written and after', async () => {
    const { file, path } = await growing()
    const bytes = randomBytes(300_000)
    const readers = Array.from({ length: 30 }, async (_, index) => {
      expect(file.join()).toBe(true)
      const start = index * 1000
      const read = await readAll(file, 501 + index * 3000, start)
      expect(read.equals(bytes.subarray(start))).toBe(true)
      await file.leave()
    })
    for (let at = 0; at < bytes.byteLength; at += 7001) {
      await file.append(bytes.subarray(at, at + 7001))
      file.release(file.written - 10_000)
    }
    expect(file.join()).toBe(true)
    await file.complete()
    await Promise.all(readers)
    expect((await readAll(file, 65_536)).equals(bytes)).toBe(true)
    await file.leave()
    expect(readFileSync(path).equals(bytes)).toBe(true)
    expect(isOpen(path)).toBe(false)
  })

  it('shows nothing that is not released', async () => {
    const { file } = await growing()
    await file.append(Buffer.from('0123456789'))
    file.join()
    const early = file.read(Buffer.alloc(10), 0)
    expect(await isPending(early)).toBe(true)
    file.release(4)
    expect(await early).toBe(4)
    expect([file.written, file.released]).toEqual([10, 4])
    expect(await isPending(file.read(Buffer.alloc(10), 4))).toBe(true)
    file.release(2)
    file.release(-5)
    expect(file.released).toBe(4)
    await file.complete()
    await file.leave()
  })

  it('lets a reader that is ahead wait until its bytes have come', async () => {
    const { file } = await growing()
    file.join()
    const ahead = file.read(Buffer.alloc(5), 8)
    await file.append(Buffer.from('0123456789'))
    file.release(5)
    expect(await isPending(ahead)).toBe(true)
    file.release(10)
    expect(await ahead).toBe(2)
    await file.complete()
    expect(await file.read(Buffer.alloc(5), 100)).toBe(0)
    await file.leave()
  })

  it('fails every reader, also of what was released, and whoever waits for the size', async () => {
    const { file, path } = await growing()
    await file.append(Buffer.from('0123456789'))
    file.release(5)
    file.join()
    const waiting = [file.read(Buffer.alloc(5), 5), file.finalSize()]
    const outcomes = Promise.allSettled(waiting)
    await file.fail(new Error('wrong file'))
    expect(await outcomes).toEqual([
      { status: 'rejected', reason: new Error('wrong file') },
      { status: 'rejected', reason: new Error('wrong file') },
    ])
    await expect(file.read(Buffer.alloc(5), 0)).rejects.toThrow('wrong file')
    await expect(file.finalSize()).rejects.toThrow('wrong file')
    await file.leave()
    expect(isOpen(path)).toBe(false)
  })

  it('knows its size at the end', async () => {
    const { file } = await growing()
    const size = file.finalSize()
    await file.append(Buffer.alloc(123))
    file.release(100)
    expect(await isPending(size)).toBe(true)
    await file.complete()
    expect(await size).toBe(123)
    expect(await file.finalSize()).toBe(123)
  })

  it('lets nobody join when writer and readers have gone, and closes its descriptor exactly then', async () => {
    const { file, path } = await growing()
    expect(file.join()).toBe(true)
    await file.complete()
    expect(file.join()).toBe(true)
    await file.leave()
    expect(isOpen(path)).toBe(true)
    await file.leave()
    expect([file.join(), isOpen(path)]).toEqual([false, false])
  })

  it('stays open for its writer when every reader has left', async () => {
    const { file } = await growing()
    file.join()
    await file.leave()
    await file.append(Buffer.from('more'))
    await file.complete()
    expect(file.join()).toBe(false)
  })

  it('ends once: a later failure changes nothing for its readers', async () => {
    const { file } = await growing()
    await file.append(Buffer.from('abc'))
    file.join()
    await file.complete()
    await file.fail(new Error('given up'))
    expect((await readAll(file, 10)).toString()).toBe('abc')
    await file.leave()
  })

  it('is never made over another file', async () => {
    const path = join(tempDir(), 'fill')
    writeFileSync(path, 'somebody else’s')
    await expect(GrowingFile.create(path)).rejects.toMatchObject({ code: 'EEXIST' })
  })
})
