import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { ownedChunks } from '../../src/lib/owned-chunks.ts'
import { writeStreamTo } from '../../src/lib/write-stream-to.ts'
import { noise } from '../helpers/noise.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const MIB = 1 << 20
const bytes = noise(3 * MIB + 12_345)

/** The bytes in pieces of this size, each in memory of its own. */
function inPieces(size: number): Buffer[] {
  const count = Math.ceil(bytes.length / size)
  return Array.from({ length: count }, (_, i) => {
    const piece = Buffer.allocUnsafeSlow(Math.min(size, bytes.length - i * size))
    bytes.copy(piece, 0, i * size)
    return piece
  })
}

const of = (pieces: Buffer[]): Readable => Readable.from(pieces, { objectMode: false })

describe('writeStreamTo', () => {
  it.each([1000, 65_536, MIB, 2 * MIB + 1, 4 * MIB])(
    'writes what comes in chunks of %i bytes, and shows all of it',
    async (size) => {
      const path = join(tempDir(), 'file')
      const seen: Buffer[] = []
      const see = (piece: Uint8Array): void => void seen.push(Buffer.from(piece))
      expect(await writeStreamTo(path, of(inPieces(size)), { flags: 'wx', see })).toBe(bytes.length)
      expect(readFileSync(path).equals(bytes)).toBe(true)
      expect(Buffer.concat(seen).equals(bytes)).toBe(true)
    },
  )

  it('makes an empty file of an empty stream', async () => {
    const path = join(tempDir(), 'file')
    expect(await writeStreamTo(path, of([]), { flags: 'wx' })).toBe(0)
    expect(readFileSync(path)).toHaveLength(0)
  })

  it('keeps files apart that are written at once', async () => {
    const folder = tempDir()
    const paths = Array.from({ length: 6 }, (_, i) => join(folder, String(i)))
    await Promise.all(
      paths.map((path, i) => writeStreamTo(path, of(inPieces(50_000 + i)), { flags: 'wx' })),
    )
    for (const path of paths) expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  it('asks before each piece, and ends with a refusal', async () => {
    const path = join(tempDir(), 'file')
    const asked: number[] = []
    const proceed = async (count: number): Promise<void> => {
      asked.push(count)
      if (asked.length === 3) throw new Error('no room')
    }
    const source = of(inPieces(65_536))
    await expect(writeStreamTo(path, source, { flags: 'wx', proceed })).rejects.toThrow('no room')
    expect(source.destroyed).toBe(true)
    expect(asked).toEqual([MIB, MIB, MIB])
    expect(readFileSync(path).equals(bytes.subarray(0, 2 * MIB))).toBe(true)
  })

  it('frees the chunks that it owns', async () => {
    const chunks = inPieces(65_536)
    for (const chunk of chunks) ownedChunks.add(chunk)
    await writeStreamTo(join(tempDir(), 'file'), of(chunks), { flags: 'wx' })
    expect(chunks.every((chunk) => chunk.byteLength === 0)).toBe(true)
  })

  it('rejects with the error of the stream', async () => {
    const source = new PassThrough()
    const writing = writeStreamTo(join(tempDir(), 'file'), source, { flags: 'wx' })
    source.write('abc')
    source.destroy(new Error('gone'))
    await expect(writing).rejects.toThrow('gone')
  })

  it('rejects when the stream ends too early', async () => {
    const source = new PassThrough()
    const writing = writeStreamTo(join(tempDir(), 'file'), source, { flags: 'wx' })
    source.destroy()
    await expect(writing).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
  })

  it('destroys the stream where there is a file already', async () => {
    const path = join(tempDir(), 'file')
    writeFileSync(path, 'first')
    const source = new PassThrough()
    await expect(writeStreamTo(path, source, { flags: 'wx' })).rejects.toMatchObject({
      code: 'EEXIST',
    })
    expect(source.destroyed).toBe(true)
    expect(readFileSync(path, 'utf8')).toBe('first')
  })

  it.runIf(existsSync('/dev/full'))(
    'ends with a full disk, though the stream is silent',
    async () => {
      const source = new PassThrough({ highWaterMark: 4 * MIB })
      const writing = writeStreamTo('/dev/full', source, { flags: 'w' })
      source.write(Buffer.alloc(MIB))
      await expect(writing).rejects.toMatchObject({ code: 'ENOSPC' })
      expect(source.destroyed).toBe(true)
    },
  )
})
