import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Expansion } from '../../src/archives/expansion.ts'
import { gunzip } from '../../src/archives/gunzip.ts'
import { AppError } from '../../src/lib/app-error.ts'
import { generousLimits } from '../helpers/generous-limits.ts'

const hello = gzipSync('hello ')
const world = gzipSync('world')

function unpack(...chunks: Buffer[]): Promise<Buffer> {
  return buffer(gunzip(Readable.from(chunks, { objectMode: false }), new Expansion(generousLimits)))
}

describe('gunzip', () => {
  it('joins the members of a stream, however it is cut into chunks', async () => {
    const both = Buffer.concat([hello, world])
    expect((await unpack(both)).toString()).toBe('hello world')
    expect((await unpack(hello, world)).toString()).toBe('hello world')
    const single = [...both].map((byte) => Buffer.from([byte]))
    expect((await unpack(...single)).toString()).toBe('hello world')
  })

  it('takes zeros after the last member for padding', async () => {
    const zeros = Buffer.alloc(100_000)
    expect((await unpack(Buffer.concat([hello, zeros]), zeros)).toString()).toBe('hello ')
  })

  it('calls a cut, altered, empty or foreign stream damaged', async () => {
    const wrongCrc = Buffer.from(hello)
    wrongCrc[hello.length - 8]! ^= 1
    const cuts = [
      hello.subarray(0, 1),
      hello.subarray(0, -1),
      Buffer.concat([hello, world.subarray(0, 4)]),
    ]
    for (const bad of [
      ...cuts,
      wrongCrc,
      Buffer.alloc(0),
      Buffer.from('text'),
      Buffer.concat([hello, Buffer.from('text')]),
    ]) {
      await expect(unpack(bad)).rejects.toMatchObject({ name: 'AppError', code: 'archive_damaged' })
    }
  })

  it('stops at the limit of expanded bytes', async () => {
    const stream = gunzip(
      Readable.from([hello]),
      new Expansion({ ...generousLimits, maxExpandedBytes: 5 }),
    )
    await expect(buffer(stream)).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: 'the archive unfolds to more than limits.expanded_size allows (5 bytes)',
    })
  })

  it('stops a bomb soon after 256 MiB', async () => {
    const piece = gzipSync(Buffer.alloc(16 * 1024 * 1024))
    const source = Readable.from(Array.from({ length: 1000 }, () => piece))
    const stream = gunzip(source, new Expansion(generousLimits))
    let bytes = 0
    stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
    const error = await new Promise((resolve) => stream.on('error', resolve))
    expect(error).toMatchObject({
      code: 'limit_exceeded',
      message: expect.stringContaining('250:1'),
    })
    expect(bytes).toBeLessThanOrEqual(256 * 1024 * 1024)
    expect(source.destroyed).toBe(true)
  })

  it('passes the error of its source on unchanged', async () => {
    const source = new PassThrough()
    const stream = gunzip(source, new Expansion(generousLimits))
    const cause = new AppError('upload_interrupted', 'gone')
    source.write(hello.subarray(0, 4))
    source.destroy(cause)
    await expect(buffer(stream)).rejects.toBe(cause)
  })

  it('destroys its source when it is destroyed', async () => {
    const source = new PassThrough()
    const stream = gunzip(source, new Expansion(generousLimits))
    const closed = new Promise((resolve) => source.on('close', resolve))
    stream.destroy()
    await closed
    expect(source.destroyed).toBe(true)
  })
})
