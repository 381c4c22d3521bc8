import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import type { ArchiveEntry } from '../../src/archives/archive-entry.ts'
import type { ArchiveLimits } from '../../src/archives/archive-limits.ts'
import { readZip } from '../../src/archives/read-zip.ts'
import { collectEntries } from '../helpers/collect-entries.ts'
import { generousLimits } from '../helpers/generous-limits.ts'
import { makeZip } from '../helpers/make-zip.ts'
import type { ZipEntrySpec } from '../helpers/make-zip.ts'
import { tempDir } from '../helpers/temp-dir.ts'

/** More than is unfolded in one go, and does not compress. */
const LARGE = randomBytes(100_000)

function spool(zip: Buffer): string {
  const path = join(tempDir(), 'upload.zip')
  writeFileSync(path, zip)
  return path
}

function open(zip: Buffer, limits: Partial<ArchiveLimits> = {}): AsyncGenerator<ArchiveEntry> {
  return readZip(spool(zip), { ...generousLimits, ...limits })
}

function read(zip: Buffer, limits: Partial<ArchiveLimits> = {}): Promise<[string, string][]> {
  return collectEntries(open(zip, limits))
}

/** Descriptors of this process that are open on a file below the system's temporary folder. */
function openDescriptors(path: string): number {
  const folder = '/proc/self/fd'
  return readdirSync(folder).filter((fd) => {
    try {
      return readlinkSync(join(folder, fd)) === path
    } catch {
      return false // the listing's own descriptor is gone by now
    }
  }).length
}

describe('readZip', () => {
  it('gives stored, deflated, described and zip64 entries, byte for byte, in order', async () => {
    const big = 'abc'.repeat(500_000)
    const zip = makeZip(
      [
        { name: 'folder/' },
        { name: './stored.pdb', method: 0, data: 'stored' },
        { name: 'big.pdb', data: big },
        { name: 'described.pdb', data: 'described', dataDescriptor: true },
        { name: 'large.pdb', data: 'zip64', zip64: true },
        { name: 'back\\slash.pdb', data: 'back' },
        { name: 'empty', method: 0 },
        { name: 'empty deflated' },
        { name: 'folder by mode', mode: 0o040755 },
      ],
      { zip64: true },
    )
    expect(await read(zip)).toEqual([
      ['stored.pdb', 'stored'],
      ['big.pdb', big],
      ['described.pdb', 'described'],
      ['large.pdb', 'zip64'],
      ['back/slash.pdb', 'back'],
      ['empty', ''],
      ['empty deflated', ''],
    ])
  })

  it('gives both of two entries of one name', async () => {
    const zip = makeZip([
      { name: 'a', data: '1' },
      { name: 'a', data: '2' },
    ])
    expect(await read(zip)).toEqual([
      ['a', '1'],
      ['a', '2'],
    ])
  })

  it('has no entry in an empty zip', async () => {
    expect(await read(makeZip([]))).toEqual([])
  })

  it('decodes unmarked names as UTF-8 where they are, else as code page 437', async () => {
    const zip = makeZip([
      { name: Buffer.from('Größe'), data: '1' },
      { name: Buffer.from([0x81, 0x82]), data: '2' },
    ])
    expect(await read(zip)).toEqual([
      ['Größe', '1'],
      ['üé', '2'],
    ])
  })

  it('tells symbolic links and devices apart from files', async () => {
    const zip = makeZip([
      { name: 'link', mode: 0o120777, data: '../../etc/passwd' },
      { name: 'device', mode: 0o020666 },
      { name: 'file', data: 'x' },
    ])
    expect(await read(zip)).toEqual([
      ['link', '[symbolic link]'],
      ['device', '[character device]'],
      ['file', 'x'],
    ])
  })

  it.each<[string, ZipEntrySpec, string]>([
    [
      'climbing',
      { name: 'a/../../b' },
      'entry "a/../../b": the path climbs out of the archive by ".."',
    ],
    [
      'climbing by \\',
      { name: '..\\b' },
      'entry "..\\\\b": the path climbs out of the archive by ".."',
    ],
    ['absolute', { name: '/b' }, 'entry "/b": the path is absolute'],
    ['with a drive', { name: 'C:\\b' }, 'entry "C:\\\\b": the path is absolute'],
    [
      'control characters',
      { name: Buffer.from('a\nb') },
      'entry "a\\u000ab": the name holds a control character',
    ],
    ['encrypted', { name: 'b', flags: 1 }, 'entry "b": encrypted'],
    ['strongly encrypted', { name: 'b', flags: 0x41 }, 'entry "b": encrypted'],
    [
      'two names',
      { name: 'b', central: { name: 'c' } },
      'entry "c": its local header tells another name',
    ],
    [
      'two methods',
      { name: 'b', method: 0, data: 'x', central: { method: 8 } },
      'entry "b": its local header tells another compression method',
    ],
  ])('calls a zip hostile: %s', async (_what, entry, message) => {
    await expect(read(makeZip([{ name: 'a' }, entry]))).rejects.toMatchObject({
      code: 'archive_hostile',
      message,
    })
  })

  it('refuses entries that share bytes, before it unpacks one', async () => {
    const shared = Array.from({ length: 1000 }, () => ({
      name: 'a',
      data: 'x',
      central: { sharesEntry: 0 },
    }))
    const overlap = { code: 'archive_hostile', message: 'entry "a": it overlaps another entry' }
    await expect(open(makeZip(shared)).next()).rejects.toMatchObject(overlap)
    const nested = makeZip([
      { name: 'a', method: 0, data: 'x', central: { size: 40, compressedSize: 40 } },
      { name: 'b', method: 0, data: 'y' },
    ])
    await expect(open(nested).next()).rejects.toMatchObject(overlap)
  })

  it.each([
    [99, 'unknown'],
    [9, 'Deflate64'],
    [14, 'LZMA'],
  ])('refuses compression method %i by name', async (method, name) => {
    await expect(read(makeZip([{ name: 'a', method }]))).rejects.toMatchObject({
      code: 'unsupported_format',
      message: `entry "a": compressed by method ${method} (${name}), which is not supported`,
    })
  })

  it.each<[string, ZipEntrySpec, string]>([
    ['wrong CRC', { name: 'a', data: 'x', central: { crc: 1 } }, 'its checksum (CRC-32) is wrong'],
    ['wrong CRC of nothing', { name: 'a', central: { crc: 1 } }, 'its checksum (CRC-32) is wrong'],
    // Large entries are streamed, small ones unfolded in one go.
    [
      'large, wrong CRC',
      { name: 'a', data: LARGE, central: { crc: 1 } },
      'its checksum (CRC-32) is wrong',
    ],
    [
      'large, longer',
      { name: 'a', data: LARGE, central: { size: 70_000 } },
      'it is longer than it says',
    ],
    [
      'large, shorter',
      { name: 'a', data: LARGE, central: { size: 200_000 } },
      'it is shorter than it says',
    ],
    [
      'large, cut deflate',
      { name: 'a', data: LARGE, central: { compressedSize: 80_000 } },
      'it cannot be decompressed: unexpected end of file',
    ],
    [
      'small that unfolds to much',
      { name: 'a', data: Buffer.alloc(1 << 20), central: { size: 3 } },
      'it is longer than it says',
    ],
    ['longer', { name: 'a', data: 'xyz', central: { size: 2 } }, 'it is longer than it says'],
    ['shorter', { name: 'a', data: 'xyz', central: { size: 4 } }, 'it is shorter than it says'],
    [
      'cut deflate',
      { name: 'a', data: 'xyz', central: { compressedSize: 2 } },
      'it cannot be decompressed: unexpected end of file',
    ],
    [
      'no content',
      { name: 'a', method: 8, data: 'xyz', central: { compressedSize: 0 } },
      'it cannot be decompressed: unexpected end of file',
    ],
    [
      'two sizes',
      { name: 'a', method: 0, data: 'xyz', central: { size: 2 } },
      'stored without compression, but in two sizes',
    ],
    [
      'beyond the end',
      { name: 'a', data: 'xyz', central: { compressedSize: 9999 } },
      'the zip ends inside it',
    ],
  ])('calls an entry damaged: %s', async (_what, entry, problem) => {
    await expect(read(makeZip([entry]))).rejects.toMatchObject({
      code: 'archive_damaged',
      message: `entry "a": ${problem}`,
    })
  })

  it('calls an entry damaged whose local header is none', async () => {
    const zip = makeZip([{ name: 'a', data: 'xyz' }])
    zip[0] = 0
    await expect(read(zip)).rejects.toMatchObject({
      code: 'archive_damaged',
      message: 'entry "a": its local header is missing',
    })
  })

  const sound = makeZip([{ name: 'a', data: 'x' }])
  const farLocator = makeZip([{ name: 'a', data: 'x' }], { zip64: true })
  farLocator.writeBigUInt64LE(1n << 60n, farLocator.length - 22 - 12)
  it.each<[string, Buffer, string]>([
    [
      'cut',
      sound.subarray(0, -30),
      'at its beginning: its end record is missing, so the zip is probably cut',
    ],
    [
      'followed by bytes',
      Buffer.concat([sound, Buffer.from('\n')]),
      'at its beginning: bytes follow its end record, or the end record is cut',
    ],
    [
      'empty',
      Buffer.alloc(0),
      'at its beginning: its end record is missing, so the zip is probably cut',
    ],
    [
      'directory beyond the end',
      makeZip([{ name: 'a' }], { directoryOffset: 9999 }),
      'at its beginning: it is cut',
    ],
    [
      'directory beyond 2^53',
      makeZip([{ name: 'a' }], { zip64: true, directoryOffset: 2 ** 60 }),
      'at its beginning: it is cut',
    ],
    ['zip64 record beyond 2^53', farLocator, 'at its beginning: it is cut'],
    ['too many counted', makeZip([{ name: 'a' }], { entries: 2 }), 'after 1 entries: it is cut'],
  ])('calls the directory damaged: %s', async (_what, zip, problem) => {
    await expect(read(zip)).rejects.toMatchObject({
      code: 'archive_damaged',
      message: `the zip's directory is damaged ${problem}`,
    })
  })

  it('loses no entries that the end record does not count', async () => {
    const zip = makeZip([{ name: 'a' }, { name: 'b' }], { entries: 1 })
    await expect(read(zip)).rejects.toMatchObject({
      code: 'archive_damaged',
      message: "the zip's directory goes on after the 1 entries that its end record counts",
    })
  })

  it('names the limit that is passed, before it unpacks anything', async () => {
    const zip = makeZip([
      { name: 'a', data: '123' },
      { name: 'b', data: '4567' },
    ])
    await expect(open(zip, { maxEntries: 1 }).next()).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: 'the archive has more entries than limits.entries allows (1)',
    })
    await expect(open(zip, { maxEntryBytes: 3 }).next()).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: 'entry "b": larger than limits.entry_size allows (3 bytes)',
    })
    await expect(open(zip, { maxExpandedBytes: 6 }).next()).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: 'the archive unfolds to more than limits.expanded_size allows (6 bytes)',
    })
  })

  it('counts what really comes out, whatever an entry declares', async () => {
    const large = randomBytes(100_000).toString('base64')
    const central = { size: 5 }
    await expect(
      read(makeZip([{ name: 'a', data: large, central }]), { maxEntryBytes: 5 }),
    ).rejects.toMatchObject({ code: 'limit_exceeded' })
    for (const data of ['x'.repeat(10_000), large]) {
      await expect(read(makeZip([{ name: 'a', data, central }]))).rejects.toMatchObject({
        code: 'archive_damaged',
        message: 'entry "a": it is longer than it says',
      })
    }
  })

  it('goes on after an entry that failed or was left half read', async () => {
    const zip = makeZip([
      { name: 'bad', data: 'x', central: { crc: 1 } },
      { name: 'half', data: 'y'.repeat(3_000_000), method: 0 },
      { name: 'unopened', data: 'z' },
      { name: 'good', data: 'good' },
    ])
    const seen: string[] = []
    for await (const entry of open(zip)) {
      if (entry.kind !== 'file' || entry.path === 'unopened') continue
      const stream = await entry.open()
      if (entry.path === 'half') await new Promise((resolve) => stream.once('readable', resolve))
      else seen.push(await text(stream).catch((error: Error) => error.message))
    }
    expect(seen).toEqual(['entry "bad": its checksum (CRC-32) is wrong', 'good'])
  })

  it('opens an entry once, and only while the iteration is at it', async () => {
    const entries = open(makeZip([{ name: 'a' }, { name: 'b' }]))
    const first = await entries.next()
    if (first.value?.kind !== 'file') throw new Error('no file')
    await first.value.open()
    await expect(first.value.open()).rejects.toThrow('opened once')
    const second = await entries.next()
    await entries.next()
    if (second.value?.kind !== 'file') throw new Error('no file')
    await expect(second.value.open()).rejects.toThrow('opened once')
  })

  it.runIf(existsSync('/proc/self/fd'))('closes the file however the iteration ends', async () => {
    const data = Buffer.alloc(5_000_000, 'x')
    const path = spool(
      makeZip([
        { name: 'a', data, method: 0 },
        { name: 'b', data: 'y' },
      ]),
    )
    for await (const entry of readZip(path, generousLimits)) {
      expect(openDescriptors(path)).toBe(1)
      if (entry.kind === 'file') (await entry.open()).once('data', () => {})
      break
    }
    expect(openDescriptors(path)).toBe(0)

    await collectEntries(readZip(path, generousLimits))
    expect(openDescriptors(path)).toBe(0)

    const tight = { ...generousLimits, maxEntries: 1 }
    await expect(collectEntries(readZip(path, tight))).rejects.toThrow('limits.entries')
    expect(openDescriptors(path)).toBe(0)
  })

  it('tells the system’s own error when the file cannot be read', async () => {
    const missing = join(tempDir(), 'missing.zip')
    await expect(collectEntries(readZip(missing, generousLimits))).rejects.toMatchObject({
      code: 'ENOENT',
    })
  })
})
