import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { CabinetThreads } from '../../src/cabinet/cabinet-threads.ts'
import { AppError } from '../../src/lib/app-error.ts'
import { openCorpus } from '../helpers/corpus.ts'
import { makeCabinet } from './make-cabinet.ts'
import { Random } from './random.ts'

const threads = new CabinetThreads()

const BLOCK = 32_768

const blockContent = Buffer.from(new Random(1).bytes(BLOCK))

/** A stored cabinet of some blocks of 32 KiB, all alike. */
function largeCabinet(blockCount: number): Buffer {
  const block = { packed: blockContent, size: BLOCK }
  return makeCabinet({
    folders: [{ compression: 0, blocks: Array.from({ length: blockCount }, () => block) }],
    files: [{ name: 'large.pdb', size: blockCount * BLOCK }],
  })
}

/** A cabinet of three files. */
const three = makeCabinet({
  folders: [{ compression: 0, blocks: [{ packed: Buffer.from('onetwothree'), size: 11 }] }],
  files: [
    { name: 'one', size: 3 },
    { name: 'two', size: 3, offset: 3 },
    { name: 'three', size: 5, offset: 6 },
  ],
})

/** The cabinet in chunks as a network brings them, and how much of it was taken. */
function counted(cabinet: Buffer): { source: Readable; taken: () => number } {
  let at = 0
  const source = new Readable({
    read() {
      const chunk = cabinet.subarray(at, at + 65_536)
      at += chunk.byteLength
      this.push(chunk.byteLength === 0 ? null : chunk)
    },
  })
  return { source, taken: () => at }
}

const corpus = openCorpus()

describe('a cabinet in a thread', () => {
  it.skipIf(corpus === undefined)('gives a real LZX file of 17 MB', async () => {
    const path = 'cab/lzx/app.pd_'
    const member = corpus!.rows.find((row) => row.path === path)!.members![0]!
    const { file, content } = await threads.openFirstFile(createReadStream(corpus!.path(path)))
    expect(file).toEqual({ index: 0, name: member.name, size: member.bytes })
    const sha256 = createHash('sha256')
      .update(await buffer(content))
      .digest('hex')
    expect(sha256).toBe(member.sha256)
  })

  it('gives content while the cabinet still comes', async () => {
    const cabinet = largeCabinet(64)
    const source = new PassThrough()
    source.write(cabinet.subarray(0, cabinet.byteLength / 2))
    const { file, content } = await threads.openFirstFile(source)
    const [first]: Buffer[] = await once(content, 'data')
    expect(first!.subarray(0, BLOCK).equals(blockContent)).toBe(true)
    const rest = buffer(content)
    source.end(cabinet.subarray(cabinet.byteLength / 2))
    expect(first!.byteLength + (await rest).byteLength).toBe(file.size)
  })

  it('takes no more of the cabinet than its reader makes room for', async () => {
    const { source, taken } = counted(largeCabinet(1024))
    const { content } = await threads.openFirstFile(source)
    await once(content, 'readable')
    await delay(300)
    expect(taken()).toBeLessThan(8 << 20)
    expect((await buffer(content)).byteLength).toBe(1024 * BLOCK)
  })

  it('extracts one file after the other, and lets some be left out', async () => {
    await using cabinet = await threads.open(Readable.from([three]))
    const [one, , third] = cabinet.files
    expect(String(await buffer(cabinet.extract(one!)))).toBe('one')
    expect(String(await buffer(cabinet.extract(third!)))).toBe('three')
  })

  it('is followed by others in the same thread, whatever became of it', async () => {
    const own = new CabinetThreads()
    const damagedCabinet = largeCabinet(2)
    damagedCabinet[damagedCabinet.byteLength - 1]! ^= 1
    for (let round = 0; round < 3; round++) {
      const good = await own.openFirstFile(
        Readable.from([largeCabinet(40), Buffer.from('trailer')]),
      )
      expect((await buffer(good.content)).byteLength).toBe(40 * BLOCK)
      const unread = await own.open(Readable.from([three]))
      await unread.close()
      const bad = await own.openFirstFile(Readable.from([damagedCabinet]))
      await expect(buffer(bad.content)).rejects.toThrow(/checksum/)
    }
  })

  it('stands beside others', async () => {
    const sizes = Array.from({ length: 6 }, async (_, i) => {
      const { content } = await threads.openFirstFile(Readable.from([largeCabinet(i + 1)]))
      return (await buffer(content)).byteLength / BLOCK
    })
    expect(await Promise.all(sizes)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('extracts one file at a time', async () => {
    await using cabinet = await threads.open(Readable.from([three]))
    cabinet.extract(cabinet.files[0]!)
    expect(() => cabinet.extract(cabinet.files[1]!)).toThrow(/still being extracted/)
  })

  it('rejects what is no cabinet and destroys it', async () => {
    const source = new PassThrough()
    source.write('<!doctype html><title>Not a symbol</title>')
    await expect(threads.open(source)).rejects.toMatchObject({
      name: 'AppError',
      code: 'unsupported_format',
    })
    expect(source.destroyed).toBe(true)
  })

  it('rejects with the error of its source', async () => {
    const opening = threads.open(createReadStream('no such file'))
    await expect(opening).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('the content of a cabinet in a thread', () => {
  it('fails when the cabinet is damaged, however late its reader listens', async () => {
    const cabinet = largeCabinet(4)
    cabinet[cabinet.byteLength - 1]! ^= 1
    const { content } = await threads.openFirstFile(Readable.from([cabinet]))
    content.resume()
    await new Promise((resolve) => content.once('close', resolve))
    const failure = await buffer(content).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(AppError)
    expect(failure).toMatchObject({ code: 'archive_damaged' })
  })

  it('fails when the cabinet is cut short', async () => {
    const { content } = await threads.openFirstFile(
      Readable.from([largeCabinet(4).subarray(0, -1)]),
    )
    await expect(buffer(content)).rejects.toMatchObject({ code: 'archive_damaged' })
  })

  it('fails with the error of the source', async () => {
    const source = new PassThrough()
    source.write(largeCabinet(4).subarray(0, 2 * BLOCK))
    const { content } = await threads.openFirstFile(source)
    const reset = new Error('connection reset')
    source.destroy(reset)
    await expect(buffer(content)).rejects.toBe(reset)
  })

  it('ends the source when it is destroyed, even while nothing comes', async () => {
    const source = new PassThrough()
    source.write(largeCabinet(4).subarray(0, 2 * BLOCK))
    const { content } = await threads.openFirstFile(source)
    content.destroy()
    await once(source, 'close')
    expect(content.destroyed).toBe(true)
  })

  it('fails when the cabinet is closed', async () => {
    const source = new PassThrough()
    source.write(largeCabinet(4).subarray(0, 2 * BLOCK))
    const cabinet = await threads.open(source)
    const content = cabinet.extract(cabinet.files[0]!)
    await cabinet.close()
    await expect(buffer(content)).rejects.toThrow(/closed/)
    expect(source.destroyed).toBe(true)
    expect(() => cabinet.extract(cabinet.files[0]!)).toThrow(/closed/)
  })
})
