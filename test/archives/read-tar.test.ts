import { PassThrough, Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { pack } from 'tar-stream'
import type { ArchiveLimits } from '../../src/archives/archive-limits.ts'
import { Expansion } from '../../src/archives/expansion.ts'
import { gunzip } from '../../src/archives/gunzip.ts'
import { readTar } from '../../src/archives/read-tar.ts'
import { AppError } from '../../src/lib/app-error.ts'
import { collectEntries } from '../helpers/collect-entries.ts'
import { generousLimits } from '../helpers/generous-limits.ts'
import { makeTar, paxRecords, TAR_END_BYTES } from '../helpers/make-tar.ts'
import type { TarEntrySpec } from '../helpers/make-tar.ts'

function streamOf(tar: Buffer, chunkBytes = tar.length): Readable {
  const chunks: Buffer[] = []
  for (let at = 0; at < tar.length; at += chunkBytes) chunks.push(tar.subarray(at, at + chunkBytes))
  return Readable.from(chunks, { objectMode: false })
}

function read(tar: Buffer, limits: Partial<ArchiveLimits> = {}): Promise<[string, string][]> {
  return collectEntries(readTar(streamOf(tar), { ...generousLimits, ...limits }))
}

const withoutEnd = (tar: Buffer): Buffer => tar.subarray(0, -TAR_END_BYTES)

describe('readTar', () => {
  it('gives the files of a packed tar, byte for byte, however the stream is cut', async () => {
    const packer = pack()
    const long = `${'folder/'.repeat(40)}file.pdb`
    packer.entry({ name: 'dir/', type: 'directory' })
    packer.entry({ name: './a.pdb' }, 'a'.repeat(513))
    packer.entry({ name: 'empty' }, '')
    packer.entry({ name: long }, 'long')
    packer.entry({ name: 'Größe.pdb' }, 'unicode')
    packer.finalize()
    const tar = await buffer(packer)
    const expected = [
      ['a.pdb', 'a'.repeat(513)],
      ['empty', ''],
      [long, 'long'],
      ['Größe.pdb', 'unicode'],
    ]
    for (const chunkBytes of [1, 511, 512, 1000, tar.length]) {
      const entries = readTar(streamOf(tar, chunkBytes), generousLimits)
      expect(await collectEntries(entries)).toEqual(expected)
    }
  })

  it('reads v7, prefixes, GNU long names, base-256 sizes and pax overrides', async () => {
    const tar = makeTar([
      { name: 'old.pdb', magic: '', data: '1' },
      { name: 'old-folder/', magic: '' },
      { name: 'b.pdb', prefix: 'some/where', data: '2' },
      { name: 'gnu.pdb', magic: 'ustar  \0', prefix: 'not a prefix', data: '3' },
      { name: '././@LongLink', type: 'L', data: `${'g/'.repeat(100)}l.pdb\0` },
      { name: 'cut', data: '4' },
      { name: 'big.pdb', size: 'base256', data: '5' },
      { name: 'pax', type: 'x', data: paxRecords({ path: 'p/ü.pdb', size: '1', comment: 'x' }) },
      { name: 'replaced', size: 77, data: '6' },
      { name: Buffer.from('caf\xe9.pdb', 'latin1'), data: '7' },
    ])
    expect(await read(tar)).toEqual([
      ['old.pdb', '1'],
      ['some/where/b.pdb', '2'],
      ['gnu.pdb', '3'],
      [`${'g/'.repeat(100)}l.pdb`, '4'],
      ['big.pdb', '5'],
      ['p/ü.pdb', '6'],
      ['café.pdb', '7'],
    ])
  })

  it('tells links, devices and unknown types apart from files, never their content', async () => {
    const tar = makeTar([
      { name: 'hard', type: '1', size: 9999 }, // old tars state the size of the linked file
      { name: 'sym', type: '2' },
      { name: 'chr', type: '3' },
      { name: 'blk', type: '4' },
      { name: 'fifo', type: '6' },
      { name: 'odd', type: 'Q', data: 'content' },
      { name: 'a label: any/../text', type: 'V' },
      { name: 'file', data: 'x' },
    ])
    expect(await read(tar)).toEqual([
      ['hard', '[hard link]'],
      ['sym', '[symbolic link]'],
      ['chr', '[character device]'],
      ['blk', '[block device]'],
      ['fifo', '[FIFO]'],
      ['odd', '[unknown tar type "Q"]'],
      ['file', 'x'],
    ])
  })

  it.each<[string, TarEntrySpec[]]>([
    ['GNU', [{ name: 's.pdb', type: 'S', data: 'x' }]],
    [
      'pax',
      [
        { name: 'pax', type: 'x', data: paxRecords({ 'GNU.sparse.major': '1', path: 's.pdb' }) },
        { name: 'GNUSparseFile.0/s.pdb', data: 'x' },
      ],
    ],
  ])('refuses a sparse member of the %s kind by name', async (_kind, members) => {
    await expect(read(makeTar(members))).rejects.toMatchObject({
      code: 'unsupported_format',
      message: expect.stringMatching(/^entry "s\.pdb": stored as a sparse file/),
    })
  })

  it.each<[string, TarEntrySpec[], string]>([
    ['climbing', [{ name: '../a' }], 'entry "../a": the path climbs out of the archive by ".."'],
    ['absolute', [{ name: '/a', type: '5' }], 'entry "/a": the path is absolute'],
    ['empty', [{ name: '' }], 'entry "": the name is empty'],
    [
      'NUL in pax',
      [{ name: 'x', type: 'x', data: paxRecords({ path: 'a\0b' }) }, { name: 'y' }],
      'entry "a\\u0000b": the name holds a control character',
    ],
    [
      'endless extensions',
      Array.from({ length: 17 }, () => ({ name: 'g', type: 'g' })),
      'the tar has more than 16 extension headers in a row at its beginning',
    ],
    [
      'huge extension',
      [{ name: 'f' }, { name: 'x', type: 'x', size: 2 ** 30 }],
      'the tar has an extension header of 1073741824 bytes after entry "f"',
    ],
  ])('calls a tar hostile: %s', async (_what, members, message) => {
    await expect(read(makeTar(members))).rejects.toMatchObject({ code: 'archive_hostile', message })
  })

  const sound = makeTar([
    { name: 'a.pdb', data: 'x'.repeat(600) },
    { name: 'b.pdb', data: 'y' },
  ])
  it.each<[string, Buffer, string]>([
    ['cut in content', sound.subarray(0, 700), 'entry "a.pdb": the tar is cut inside it'],
    ['cut in padding', sound.subarray(0, 1200), 'entry "a.pdb": the tar is cut inside it'],
    [
      'cut in a header',
      sound.subarray(0, 1600),
      'the tar is cut: it has no end mark after entry "a.pdb"',
    ],
    [
      'cut between members',
      sound.subarray(0, 1536),
      'the tar is cut: it has no end mark after entry "a.pdb"',
    ],
    ['empty', Buffer.alloc(0), 'the tar is cut: it has no end mark at its beginning'],
    [
      'bad checksum',
      makeTar([{ name: 'a' }, { name: 'b', badChecksum: true }]),
      'the tar has a damaged header (its checksum is wrong) after entry "a"',
    ],
    [
      'a header wiped',
      Buffer.concat([Buffer.alloc(512), sound.subarray(512)]),
      'the tar has a damaged header (its checksum is wrong) at its beginning',
    ],
    [
      'damaged pax',
      makeTar([{ name: 'x', type: 'x', data: '99 path=a\n' }]),
      'the tar has a damaged pax header at its beginning',
    ],
    [
      'pax size',
      makeTar([{ name: 'x', type: 'x', data: paxRecords({ size: '-5' }) }, { name: 'a' }]),
      'entry "a": its size is no number',
    ],
  ])('calls a tar damaged: %s', async (_what, tar, message) => {
    await expect(read(tar)).rejects.toMatchObject({ code: 'archive_damaged', message })
  })

  it('tolerates an end mark of one block, and garbage behind one of two', async () => {
    const expected = [['a', '1']]
    const tar = makeTar([{ name: 'a', data: '1' }])
    expect(await read(tar.subarray(0, -512))).toEqual(expected)
    expect(await read(Buffer.concat([tar, Buffer.from('garbage'.repeat(999))]))).toEqual(expected)
  })

  it('reads archives written one after the other as one', async () => {
    const first = makeTar([{ name: 'a', data: '1' }])
    const second = makeTar([{ name: 'b', data: '2' }])
    expect(await read(Buffer.concat([first, second]))).toEqual([
      ['a', '1'],
      ['b', '2'],
    ])
  })

  it('names the limit that was passed, before any content where the size is declared', async () => {
    const tar = makeTar([
      { name: 'a', data: '123' },
      { name: 'b', data: '456' },
    ])
    await expect(read(tar, { maxEntries: 1 })).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: 'the archive has more entries than limits.entries allows (1)',
    })
    await expect(read(tar, { maxEntryBytes: 2 })).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: 'entry "a": larger than limits.entry_size allows (2 bytes)',
    })
    await expect(read(tar, { maxExpandedBytes: 5 })).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: 'the archive unfolds to more than limits.expanded_size allows (5 bytes)',
    })
  })

  it('passes over entries that nobody opens or reads to the end', async () => {
    const tar = makeTar(['a', 'b', 'c'].map((name) => ({ name, data: name.repeat(300_000) })))
    const seen: string[] = []
    for await (const entry of readTar(streamOf(tar, 10_000), generousLimits)) {
      seen.push(entry.path)
      if (entry.kind === 'file' && entry.path === 'b') {
        const stream = await entry.open()
        await new Promise((resolve) => stream.once('readable', resolve))
      }
    }
    expect(seen).toEqual(['a', 'b', 'c'])
  })

  it('takes no more from the source than the reader of an entry takes', async () => {
    let taken = 0
    const head = withoutEnd(makeTar([{ name: 'big', size: 2 ** 33 - 1 }]))
    const source = new Readable({
      read() {
        const chunk = taken === 0 ? head : Buffer.alloc(65_536)
        taken += chunk.length
        this.push(chunk)
      },
    })
    for await (const entry of readTar(source, generousLimits)) {
      if (entry.kind !== 'file') continue
      const stream = await entry.open()
      await new Promise((resolve) => stream.once('readable', resolve))
      for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve))
      break
    }
    expect(taken).toBeLessThan(1024 * 1024)
    expect(source.destroyed).toBe(true)
  })

  it('ends an entry and the iteration with the same error when the content is cut', async () => {
    const tar = sound.subarray(0, 700)
    const entries = readTar(streamOf(tar), generousLimits)
    const { value } = await entries.next()
    if (value?.kind !== 'file') throw new Error('no file')
    const damage = { code: 'archive_damaged', message: 'entry "a.pdb": the tar is cut inside it' }
    await expect(text(await value.open())).rejects.toMatchObject(damage)
    await expect(entries.next()).rejects.toMatchObject(damage)
  })

  it('opens an entry once, and only while the iteration is at it', async () => {
    const entries = readTar(streamOf(sound), generousLimits)
    const { value } = await entries.next()
    if (value?.kind !== 'file') throw new Error('no file')
    await value.open()
    await expect(value.open()).rejects.toThrow('opened once')
    const second = await entries.next()
    await entries.next()
    if (second.value?.kind !== 'file') throw new Error('no file')
    await expect(second.value.open()).rejects.toThrow('opened once')
  })

  it('ends with the error of its source, waiting readers and all', async () => {
    const source = new PassThrough()
    source.write(withoutEnd(makeTar([{ name: 'a', size: 9000 }])))
    const entries = readTar(source, generousLimits)
    const { value } = await entries.next()
    if (value?.kind !== 'file') throw new Error('no file')
    const content = text(await value.open())
    const cause = new AppError('upload_interrupted', 'gone')
    source.destroy(cause)
    await expect(content).rejects.toBe(cause)
    await expect(entries.next()).rejects.toBe(cause)
  })

  it('destroys a source that has stalled when the iteration is left', async () => {
    const source = new PassThrough()
    source.write(withoutEnd(makeTar([{ name: 'a', size: 9000 }])))
    for await (const entry of readTar(source, generousLimits)) {
      if (entry.kind === 'file') (await entry.open()).resume()
      await new Promise((resolve) => setImmediate(resolve))
      break
    }
    expect(source.destroyed).toBe(true)
  })

  it('finds damage of the gzip around it even behind the end mark', async () => {
    const packed = gzipSync(sound)
    packed[packed.length - 8]! ^= 1
    const source = gunzip(streamOf(packed, 50), new Expansion(generousLimits))
    await expect(collectEntries(readTar(source, generousLimits))).rejects.toMatchObject({
      code: 'archive_damaged',
      message: 'the gzip stream is damaged: incorrect data check',
    })
  })
})
