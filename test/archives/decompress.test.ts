import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { CompressionFormat } from '../../src/archives/compression-format.ts'
import { decompress } from '../../src/archives/decompress.ts'
import { detectFormat } from '../../src/archives/detect-format.ts'
import { Expansion } from '../../src/archives/expansion.ts'
import { AppError } from '../../src/lib/app-error.ts'
import { generousLimits } from '../helpers/generous-limits.ts'
import { openTools } from '../helpers/tools.ts'

const tools = await openTools()
const has = (format: CompressionFormat): boolean =>
  format === 'gzip' || format === 'zstd' || tools[format].available

const MIB = 1 << 20

/** Checksums where the format can have them. */
const pack: Readonly<Record<'bzip2' | 'gzip' | 'xz' | 'zstd', (data: Buffer) => Buffer>> = {
  bzip2: (data) => execFileSync('bzip2', ['-c'], { input: data, maxBuffer: 64 * MIB }),
  gzip: (data) => gzipSync(data),
  xz: (data) => execFileSync('xz', ['-0', '-c'], { input: data, maxBuffer: 64 * MIB }),
  zstd: (data) => zstdCompressSync(data, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
}

const formats = (['bzip2', 'gzip', 'xz', 'zstd'] as const).filter(has)

function unpack(format: CompressionFormat, chunks: readonly Buffer[]): Promise<Buffer> {
  const source = Readable.from(chunks, { objectMode: false })
  return buffer(decompress(source, format, new Expansion(generousLimits)))
}

const text = Buffer.from(Array.from({ length: 20_000 }, (_, line) => `line ${line}\n`).join(''))

describe.each(formats)('decompress of %s', (format) => {
  const hello = pack[format](Buffer.from('hello '))
  const world = pack[format](Buffer.from('world'))
  const long = pack[format](text)

  it('is told by its first bytes', () => {
    expect(detectFormat(hello)).toBe(format)
  })

  it('joins streams that follow one another, however they are cut into chunks', async () => {
    const both = Buffer.concat([hello, world])
    expect((await unpack(format, [both])).toString()).toBe('hello world')
    expect((await unpack(format, [hello, world])).toString()).toBe('hello world')
    const single = [...both].map((byte) => Buffer.from([byte]))
    expect((await unpack(format, single)).toString()).toBe('hello world')
    const three = await unpack(format, [Buffer.concat([long, hello, long])])
    expect(three.equals(Buffer.concat([text, Buffer.from('hello '), text]))).toBe(true)
  })

  it('calls a cut or altered stream damaged', async () => {
    const altered = Buffer.from(long)
    altered[long.length >> 1]! ^= 0x55
    for (const bad of [
      hello.subarray(0, 5),
      long.subarray(0, long.length >> 1),
      long.subarray(0, -1),
      altered,
      Buffer.concat([hello, world.subarray(0, -3)]),
    ]) {
      await expect(unpack(format, [bad])).rejects.toMatchObject({
        name: 'AppError',
        code: 'archive_damaged',
      })
    }
  })

  it('stops at the limit of expanded bytes', async () => {
    const expansion = new Expansion({ ...generousLimits, maxExpandedBytes: 100 })
    const stream = decompress(Readable.from([long]), format, expansion)
    await expect(buffer(stream)).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: 'the archive unfolds to more than limits.expanded_size allows (100 bytes)',
    })
  })

  it('stops a bomb soon after 256 MiB', async () => {
    const piece = pack[format](Buffer.alloc(64 * MIB))
    const source = Readable.from(Array.from({ length: 1000 }, () => piece))
    const stream = decompress(source, format, new Expansion(generousLimits))
    let bytes = 0
    stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
    const error = await new Promise((resolve) => stream.on('error', resolve))
    expect(error).toMatchObject({
      code: 'limit_exceeded',
      message: expect.stringContaining('250:1'),
    })
    expect(bytes).toBeLessThanOrEqual(256 * MIB)
    expect(source.destroyed).toBe(true)
  })

  it('passes the error of its source on unchanged', async () => {
    const source = new PassThrough()
    const stream = decompress(source, format, new Expansion(generousLimits))
    const cause = new AppError('upload_interrupted', 'gone')
    source.write(hello.subarray(0, 4))
    source.destroy(cause)
    await expect(buffer(stream)).rejects.toBe(cause)
  })

  it('destroys its source when it is destroyed', async () => {
    const source = new PassThrough()
    const stream = decompress(source, format, new Expansion(generousLimits))
    const closed = new Promise((resolve) => source.on('close', resolve))
    stream.destroy()
    await closed
    expect(source.destroyed).toBe(true)
  })

  it('holds back while nobody reads', async () => {
    const packed = pack[format](randomBytes(MIB))
    let taken = 0
    const source = Readable.from(
      (function* () {
        for (let round = 0; round < 100; round++) {
          taken += 1
          yield packed
        }
      })(),
    )
    const stream = decompress(source, format, new Expansion(generousLimits))
    await new Promise((resolve) => stream.once('readable', resolve))
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(taken).toBeLessThan(50)
    stream.destroy()
  })
})

describe('decompress of zstd', () => {
  it('passes over skippable frames', async () => {
    const skippable = Buffer.alloc(8 + 10)
    skippable.writeUInt32LE(0x184d2a50)
    skippable.writeUInt32LE(10, 4)
    const hello = pack.zstd(Buffer.from('hello'))
    const unpacked = await unpack('zstd', [Buffer.concat([skippable, hello, skippable])])
    expect(unpacked.toString()).toBe('hello')
  })

  it('refuses a stream of needlessly many frames', async () => {
    const skippable = Buffer.from('502a4d1800000000', 'hex')
    const frames = Buffer.concat(Array.from({ length: 20_001 }, () => skippable))
    await expect(unpack('zstd', [frames])).rejects.toMatchObject({ code: 'archive_hostile' })
  })

  it('refuses windows above 128 MiB', async () => {
    // A frame header with a window of 2 GiB and no content size (RFC 8878 3.1.1.1).
    const header = Buffer.from('28b52ffd00a8', 'hex')
    await expect(
      unpack('zstd', [Buffer.concat([header, Buffer.alloc(100)])]),
    ).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: expect.stringContaining('128 MiB'),
    })
  })
})

describe.runIf(has('xz'))('decompress of xz', () => {
  it('refuses dictionaries that need too much memory', async () => {
    const packed = execFileSync('xz', ['-c', '--lzma2=preset=0,dict=1GiB', '-T1'], {
      input: 'hello',
    })
    await expect(unpack('xz', [packed])).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: 'the xz stream needs more than 300MiB of memory',
    })
  })
})

describe.runIf(has('lzip'))('decompress of lzip', () => {
  // Made by hand around an LZMA stream: magic, version, dictionary size; CRC, sizes.
  const hello = Buffer.from(
    '4c5a4950011000341949ee8de93f0adfffffdd120000f6f981ed06000000000000002a00000000000000',
    'hex',
  )

  it('reads what is whole and refuses what is not', async () => {
    expect(detectFormat(hello)).toBe('lzip')
    expect((await unpack('lzip', [hello])).toString()).toBe('hello ')
    const altered = Buffer.from(hello)
    altered[altered.length - 20]! ^= 1
    await expect(unpack('lzip', [altered])).rejects.toMatchObject({ code: 'archive_damaged' })
  })
})
