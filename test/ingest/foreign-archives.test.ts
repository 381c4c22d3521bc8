import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { readByBsdtar } from '../../src/archives/read-by-bsdtar.ts'
import { collect } from '../helpers/collect.ts'
import { collectEntries } from '../helpers/collect-entries.ts'
import { openCorpus } from '../helpers/corpus.ts'
import { generousLimits } from '../helpers/generous-limits.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeRar } from '../helpers/make-rar.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { noTools } from '../helpers/no-tools.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { openTools } from '../helpers/tools.ts'

const tools = await openTools()
const corpus = openCorpus()
const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const pdb = makePdb({ guid: GUID, age: 1, size: 200_000, fill: true })
const sha256 = createHash('sha256').update(pdb).digest('hex')

/** An archive of `bin/Größe.pdb` and a text, in one of the formats that bsdtar writes. */
function archive(format: string): Buffer {
  const folder = tempDir()
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/Größe.pdb'), pdb)
  writeFileSync(join(folder, 'readme.txt'), 'hello')
  const names = ['bin', 'readme.txt']
  const options = { env: { ...process.env, LC_ALL: 'C.UTF-8' }, maxBuffer: 1 << 26 }
  return execFileSync('bsdtar', ['-cf', '-', `--format=${format}`, '-C', folder, ...names], options)
}

const pair = (how: string, body: () => Buffer): [string, () => Buffer] => [how, body]

function damage(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy[bytes.length >> 1]! ^= 0xff
  return copy
}

const expected = expect.arrayContaining([
  expect.objectContaining({ kind: 'accepted', path: 'bin/Größe.pdb', sha256 }),
  { kind: 'skipped', path: 'readme.txt', reason: 'not a symbol file' },
]) as unknown

describe.runIf(tools.bsdtar.available)('an archive that bsdtar reads', () => {
  it.each(['7zip', 'newc', 'odc', 'iso9660', 'xar'])(
    'of the format %s is taken in',
    async (format) => {
      expect(await collect(archive(format), tools)).toEqual(expected)
    },
  )

  it('may be compressed by itself', async () => {
    expect(await collect(gzipSync(archive('newc')), tools)).toEqual(expected)
    expect(await collect(zstdCompressSync(gzipSync(archive('7zip'))), tools)).toEqual(expected)
  })

  it('of the format rar is taken in', async () => {
    const files = await collect(makeRar('bin\\App.pdb', pdb), tools)
    expect(files).toEqual([
      expect.objectContaining({ kind: 'accepted', path: 'bin/App.pdb', sha256 }),
    ])
  })

  it.each(['7zip', 'xar'])('of the format %s with a damaged file is refused', async (format) => {
    await expect(collect(damage(archive(format)), tools)).rejects.toMatchObject({
      code: 'archive_damaged',
    })
  })

  it('and is cut is refused', async () => {
    for (const format of ['7zip', 'newc', 'odc', 'xar']) {
      const whole = archive(format)
      await expect(collect(whole.subarray(0, whole.length >> 1), tools)).rejects.toMatchObject({
        code: 'archive_damaged',
        message: expect.stringMatching(/ (?:archive|tar) is (?:damaged|cut)/),
      })
    }
  })

  it('stops at the limits of the configuration', async () => {
    const limits = { ...generousLimits, maxEntryBytes: 100_000 }
    await expect(collect(archive('7zip'), tools, { limits })).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: expect.stringContaining('limits.entry_size'),
    })
  })

  it('and is a bomb is stopped', async () => {
    const folder = tempDir()
    writeFileSync(join(folder, 'zeros.pdb'), '')
    truncateSync(join(folder, 'zeros.pdb'), 400 << 20)
    const bomb = join(folder, 'bomb.7z')
    const options = ['--format=7zip', '--options', '7zip:compression=deflate']
    execFileSync('bsdtar', ['-cf', bomb, ...options, '-C', folder, 'zeros.pdb'])
    await expect(collect(readFileSync(bomb), tools)).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: expect.stringContaining('250:1'),
    })
  })
})

describe('an mtree text, which has bsdtar read other files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'symgate-test-'))
  const canary = join(folder, 'own.pdb')
  writeFileSync(canary, pdb)
  afterAll(() => rmSync(folder, { recursive: true }))
  const text = Buffer.from(
    `#mtree\n./own.pdb type=file contents=${canary}\n./passwd type=file contents=/etc/passwd\n`,
  )
  const bare = Buffer.from(text.toString().replace('#mtree\n', ''))
  const compressed = (program: string): Buffer => execFileSync(program, ['-c'], { input: text })

  it.each<[string, () => Buffer]>([
    ['plain', () => text],
    ['without its signature', () => bare],
    ['gzipped', () => gzipSync(text)],
    ['gzipped twice', () => gzipSync(gzipSync(text))],
    ['compressed by zstd', () => zstdCompressSync(text)],
    ...(tools.xz.available ? [pair('compressed by xz', () => compressed('xz'))] : []),
    ...(tools.bzip2.available ? [pair('compressed by bzip2', () => compressed('bzip2'))] : []),
    ['in a zip', () => makeZip([{ name: 'a.mtree', data: text }])],
    ['gzipped in a zip', () => makeZip([{ name: 'a.mtree.gz', data: gzipSync(text) }])],
  ])('%s is a text', async (_how, body) => {
    const files = await collect(body(), tools, { fileName: 'a.mtree' })
    expect(files).toEqual([
      {
        kind: 'skipped',
        path: expect.stringContaining('a.mtree'),
        reason: expect.stringContaining('not a symbol file'),
      },
    ])
  })

  it.runIf(tools.bsdtar.available)('gives nothing away even in the sandbox', async () => {
    for (const bytes of [text, gzipSync(text)]) {
      const path = join(tempDir(), 'in')
      writeFileSync(path, bytes)
      await expect(
        collectEntries(readByBsdtar(path, 'cpio', generousLimits)),
      ).rejects.toMatchObject({
        code: 'archive_damaged',
        message: expect.stringContaining("Can't open"),
      })
    }
  })
})

describe('a machine without the optional programs', () => {
  it.runIf(corpus !== undefined)('takes in a cabinet, with all its files', async () => {
    const files = await collect(readFileSync(corpus!.path('cab/bad/dup_names_alpha.cab')), noTools)
    expect(files.map(({ kind, path }) => `${path} ${kind}`)).toEqual([
      'same.pdb accepted',
      'same.pdb accepted',
    ])
  })

  it.each([
    ['7z', '7z\xbc\xaf\x27\x1c', 'bsdtar'],
    ['rar', 'Rar!\x1a\x07\0', 'bsdtar'],
    ['xar', 'xar!\0\x1c\0\x01', 'bsdtar'],
    ['xz', '\xfd7zXZ\0', 'xz'],
    ['bzip2', 'BZh91AY&SY', 'bzip2'],
    ['lzip', 'LZIP\x01', 'xz'],
  ])('refuses %s and names the one that is missing', async (format, magic, program) => {
    await expect(collect(Buffer.from(magic, 'latin1'), noTools)).rejects.toMatchObject({
      code: 'unsupported_format',
      message: `the body is ${format}, and ${program} is not installed`,
    })
  })

  it('refuses what no program reads, and says what is read', async () => {
    await expect(collect(Buffer.from('!<arch>\n'), noTools)).rejects.toMatchObject({
      code: 'unsupported_format',
      message: expect.stringMatching(/^the body is ar, which is not read: send zip, tar, 7z/),
    })
  })
})
