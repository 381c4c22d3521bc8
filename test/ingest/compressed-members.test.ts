import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { makeCabinet } from '../cabinet/make-cabinet.ts'
import { collect } from '../helpers/collect.ts'
import { generousLimits } from '../helpers/generous-limits.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeTar } from '../helpers/make-tar.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { noTools } from '../helpers/no-tools.ts'
import { noise } from '../helpers/noise.ts'
import { openTools } from '../helpers/tools.ts'

const tools = await openTools()
const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const pdb = makePdb({ guid: GUID, age: 1, size: 100_000, fill: true })
const sha256 = createHash('sha256').update(pdb).digest('hex')
const KEY = `App.pdb/${GUID}1/App.pdb`

const packed = (extension: string, program: string): [string, Buffer] => [
  extension,
  execFileSync(program, ['-c'], { input: pdb }),
]

const severalInCabinet = makeCabinet({
  folders: [{ compression: 0, blocks: [{ packed: Buffer.from('one.three'), size: 9 }] }],
  files: [
    { name: 'a.pdb', size: 4 },
    { name: 'b.pdb', size: 5, offset: 4 },
  ],
})

const accepted = (path: string): unknown =>
  expect.objectContaining({
    kind: 'accepted',
    path,
    sha256,
    identification: expect.objectContaining({ keys: expect.arrayContaining([KEY]) }),
  })

describe('a compressed member of an archive', () => {
  it.each<[extension: string, data: Buffer]>([
    ['gz', gzipSync(pdb)],
    ['zst', zstdCompressSync(pdb)],
    ...(tools.xz.available ? [packed('xz', 'xz')] : []),
    ...(tools.bzip2.available ? [packed('bz2', 'bzip2')] : []),
  ])('with the extension .%s is the file in it', async (extension, data) => {
    const path = `bin/App.pdb.${extension}`
    for (const body of [makeZip([{ name: path, data }]), makeTar([{ name: path, data }])]) {
      expect(await collect(body, tools)).toEqual([accepted(path)])
    }
  })

  it('is skipped with the reason when its program is missing', async () => {
    const data = Buffer.from('\xfd7zXZ\0 and so on', 'latin1')
    expect(await collect(makeZip([{ name: 'App.pdb.xz', data }]), noTools)).toEqual([
      { kind: 'skipped', path: 'App.pdb.xz', reason: 'compressed by xz, and xz is not installed' },
    ])
  })

  it('is skipped when there is no symbol file in it', async () => {
    const files = await collect(
      makeZip([
        { name: 'log.gz', data: gzipSync('a text') },
        { name: 'App.pdb', data: pdb },
      ]),
      tools,
    )
    expect(files).toEqual([
      { kind: 'skipped', path: 'log.gz', reason: 'not a symbol file, compressed by gzip' },
      accepted('App.pdb'),
    ])
  })

  it('is rejected alone when it is damaged', async () => {
    const data = gzipSync(pdb)
    data[data.length - 8]! ^= 1
    for (const make of [makeZip, makeTar]) {
      const body = make([
        { name: 'Bad.pdb.gz', data },
        { name: 'App.pdb', data: pdb },
      ])
      expect(await collect(body, tools)).toEqual([
        {
          kind: 'rejected',
          path: 'Bad.pdb.gz',
          reason: 'the gzip stream is damaged: incorrect data check',
        },
        accepted('App.pdb'),
      ])
    }
  })

  it('is the death of the archive when the archive is damaged in it', async () => {
    const data = gzipSync(pdb)
    const body = makeZip([{ name: 'App.pdb.gz', data, central: { crc: 1 } }])
    await expect(collect(body, tools)).rejects.toMatchObject({
      code: 'archive_damaged',
      message: 'entry "App.pdb.gz": its checksum (CRC-32) is wrong',
    })
    const tar = makeTar([{ name: 'App.pdb.gz', data }])
    await expect(collect(tar.subarray(0, data.length), tools)).rejects.toMatchObject({
      code: 'archive_damaged',
      message: 'entry "App.pdb.gz": the tar is cut inside it',
    })
  })

  it('counts toward the limits as what is in it, all such members together', async () => {
    const entry = (name: string): { name: string; data: Buffer } => ({ name, data: gzipSync(pdb) })
    const zip = makeZip([entry('a.pdb.gz'), entry('b.pdb.gz')])
    const limits = { ...generousLimits, maxEntryBytes: pdb.length - 1 }
    await expect(collect(zip, tools, { limits })).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: expect.stringContaining('entry "a.pdb.gz": larger than limits.entry_size'),
    })
    const total = { ...generousLimits, maxExpandedBytes: pdb.length * 2 - 1 }
    await expect(collect(zip, tools, { limits: total })).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: expect.stringContaining('limits.expanded_size'),
    })
  })
})

describe('a cabinet of several files', () => {
  it('goes on behind members that are not read to their end', async () => {
    const members: readonly (readonly [string, Buffer])[] = [
      ['log.gz', gzipSync(noise(300_000))],
      ['Bad.pdb.gz', gzipSync(pdb).fill(1, 20, 40)],
      ['wrapped.pd_', severalInCabinet],
      ['bad.pd_', Buffer.from('MSCF\0\0\0\0')],
      ['App.pdb', pdb],
      ['text.gz', gzipSync('a text')],
    ]
    let offset = 0
    const files = members.map(([name, { length: size }]) => {
      offset += size
      return { name, size, offset: offset - size }
    })
    const content = Buffer.concat(members.map(([, data]) => data))
    const blocks = Array.from({ length: Math.ceil(content.length / 32_768) }, (_, index) => {
      const part = content.subarray(index * 32_768, (index + 1) * 32_768)
      return { packed: part, size: part.length }
    })
    const cabinet = makeCabinet({ folders: [{ compression: 0, blocks }], files })
    expect(await collect(cabinet, noTools)).toEqual([
      { kind: 'skipped', path: 'log.gz', reason: 'not a symbol file, compressed by gzip' },
      expect.objectContaining({ kind: 'rejected', path: 'Bad.pdb.gz' }),
      expect.objectContaining({ kind: 'skipped', path: 'wrapped.pd_' }),
      expect.objectContaining({ kind: 'rejected', path: 'bad.pd_' }),
      accepted('App.pdb'),
      { kind: 'skipped', path: 'text.gz', reason: 'not a symbol file, compressed by gzip' },
    ])
  })
})

describe('an archive in an archive', () => {
  it('is skipped, and the row names its format', async () => {
    const zip = makeZip([{ name: 'App.pdb', data: pdb }])
    const tar = makeTar([{ name: 'App.pdb', data: pdb }])
    const members: readonly (readonly [string, Buffer, string])[] = [
      ['a.zip', zip, 'a zip archive inside the archive is not opened'],
      ['a.tar', tar, 'a tar archive inside the archive is not opened'],
      [
        'a.tgz',
        gzipSync(tar),
        'a tar archive, compressed by gzip, inside the archive is not opened',
      ],
      [
        'a.7z',
        Buffer.from('7z\xbc\xaf\x27\x1c', 'latin1'),
        'a 7z archive inside the archive is not opened',
      ],
      ['a.cab', severalInCabinet, 'a cabinet inside the archive is not opened'],
    ]
    const body = makeTar(members.map(([name, data]) => ({ name, data })))
    expect(await collect(body, tools)).toEqual(
      members.map(([path, , reason]) => ({ kind: 'skipped', path, reason })),
    )
  })

  it('does not cost its decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(300 << 20))
    const files = await collect(makeTar([{ name: 'bomb.gz', data: bomb }]), tools)
    expect(files).toEqual([
      { kind: 'skipped', path: 'bomb.gz', reason: 'not a symbol file, compressed by gzip' },
    ])
  })
})
