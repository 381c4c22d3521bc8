import { createHash } from 'node:crypto'
import { createReadStream, openSync, readSync, closeSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { describe, expect, it } from 'vitest'
import type { ArchiveEntry } from '../../src/archives/archive-entry.ts'
import { detectFormat } from '../../src/archives/detect-format.ts'
import { Expansion } from '../../src/archives/expansion.ts'
import { gunzip } from '../../src/archives/gunzip.ts'
import { readTar } from '../../src/archives/read-tar.ts'
import { readZip } from '../../src/archives/read-zip.ts'
import { AppError } from '../../src/lib/app-error.ts'
import { openCorpus } from '../helpers/corpus.ts'
import type { CorpusRow } from '../helpers/corpus.ts'
import { generousLimits } from '../helpers/generous-limits.ts'

const limits = { ...generousLimits, maxEntries: 50_000 }

/** How each archive ends that is not simply read; rows not named here must be read to their end. */
const failures: Readonly<Record<string, string>> = {
  'evil/bad_checksum_alpha.tar': 'archive_damaged',
  'evil/bad_cdofs_alpha.zip': 'archive_damaged',
  'evil/bad_crc_alpha.tar.gz': 'archive_damaged',
  'evil/bad_crc_alpha.zip': 'archive_damaged',
  'evil/bad_deflate_alpha.zip': 'archive_damaged',
  'evil/bomb_alpha.tar.gz': 'limit_exceeded',
  'evil/bomb_count_alpha.zip': 'limit_exceeded',
  'evil/bomb_overlap_alpha.zip': 'archive_hostile',
  'evil/bomb_single_alpha.zip': 'limit_exceeded',
  'evil/encrypted_aes_alpha.zip': 'archive_hostile',
  'evil/encrypted_zipcrypto_alpha.zip': 'archive_hostile',
  'evil/huge_size_alpha.tar': 'archive_damaged',
  'evil/name_ctrl_alpha.zip': 'archive_hostile',
  'evil/name_mismatch_alpha.zip': 'archive_hostile',
  'evil/name_nul_alpha.zip': 'archive_hostile',
  'evil/quine_gz_alpha.gz': 'archive_damaged',
  'evil/size_lie_alpha.zip': 'archive_damaged',
  'evil/sparse_alpha.tar': 'unsupported_format',
  'evil/trailing_alpha.zip': 'archive_damaged',
  'evil/traversal_alpha.tar': 'archive_hostile',
  'evil/traversal_alpha.zip': 'archive_hostile',
  'evil/truncated_alpha.tar': 'archive_damaged',
  'evil/truncated_alpha.tar.gz': 'archive_damaged',
  'evil/truncated_alpha.zip': 'archive_damaged',
  'libarchive/test_compat_tar_hardlink_1.tar': 'archive_damaged',
  'libarchive/test_leading_slash.tar': 'archive_hostile',
  'libarchive/test_read_format_gtar_sparse_1_13.tar': 'unsupported_format',
  'libarchive/test_read_format_tar_empty_filename.tar': 'archive_hostile',
  'libarchive/test_read_format_tar_pax_g_large.tar': 'archive_hostile',
  'libarchive/test_read_format_zip_encryption_data.zip': 'archive_hostile',
  'libarchive/test_read_format_zip_encryption_header.zip': 'archive_damaged',
  'libarchive/test_read_format_zip_extra_padding.zip': 'archive_damaged',
  'libarchive/test_read_format_zip_lzma.zipx': 'unsupported_format',
  'libarchive/test_read_format_zip_malformed1.zip': 'archive_damaged',
  'libarchive/test_read_format_zip_size_exceeds_declared_deflate.zip': 'archive_damaged',
  'libarchive/test_read_format_zip_traditional_encryption_data.zip': 'archive_hostile',
  'libarchive/test_read_format_zip_winzip_aes128.zip': 'archive_hostile',
  'libarchive/test_read_format_zip_zstd.zipx': 'unsupported_format',
  'lld_x64_alpha.pdb.gz': 'archive_damaged', // a gzip, but of no tar
  'tar-stream/gnu-long-path.tar': 'archive_damaged', // cut: it has no end mark
  'tar-stream/incomplete.tar': 'archive_damaged',
}

/** Archives by extension that their first bytes do not show to be any. */
const unknown = new Set([
  'empty_alpha.tar', // all zeros
  'evil/prefixed_alpha.zip',
  'libarchive/test_compat_zip_4.zip',
  'libarchive/test_read_format_zip_padded1.zip',
  'libarchive/test_read_format_zip_padded3.zip',
])

const otherFormats: Readonly<Record<string, string>> = {
  'mixed_alpha.tar.bz2': 'bzip2',
  'mixed_alpha.tar.xz': 'xz',
  'mixed_alpha.tar.zst': 'zstd',
  'pair_alpha.7z': '7z',
}

const corpus = openCorpus()
const rows = corpus?.rows.filter((row) => row.path.startsWith('archives/')) ?? []

function detect(path: string): string | undefined {
  const head = Buffer.alloc(512)
  const file = openSync(path, 'r')
  const bytes = readSync(file, head)
  closeSync(file)
  return detectFormat(head.subarray(0, bytes))
}

function read(path: string, format: string): AsyncIterable<ArchiveEntry> {
  if (format === 'zip') return readZip(path, limits)
  const stream = createReadStream(path)
  return readTar(format === 'tar' ? stream : gunzip(stream, new Expansion(limits)), limits)
}

/** `path sha256` of every file, sorted, or the code of the AppError that ended the reading. */
async function outcome(entries: AsyncIterable<ArchiveEntry>): Promise<string[] | string> {
  const files: string[] = []
  try {
    for await (const entry of entries) {
      if (entry.kind === 'special') continue
      const hash = createHash('sha256')
      await pipeline(await entry.open(), hash)
      files.push(`${entry.path} ${hash.digest('hex')}`)
    }
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
  return files.sort()
}

const anyMembers: unknown = expect.any(Array)

/** What the manifest promises: the members where it lists them, else any. */
function expectedMembers(row: CorpusRow): unknown {
  if (row.members === undefined) return anyMembers
  return row.members
    .filter((member) => member.sha256 !== undefined)
    .map((member) => `${member.name.replaceAll('\\', '/')} ${member.sha256}`)
    .toSorted()
}

describe.runIf(corpus !== undefined)('the archives of the corpus', () => {
  const shortName = (row: CorpusRow): string => row.path.slice('archives/'.length)
  const foreign = (row: CorpusRow): boolean =>
    unknown.has(shortName(row)) || shortName(row) in otherFormats

  it.each(rows.filter(foreign))('$path is named, not read', (row) => {
    expect(detect(corpus!.path(row.path))).toBe(otherFormats[shortName(row)])
  })

  it.each(rows.filter((row) => !foreign(row)))('$path ends as it should', async (row) => {
    const path = corpus!.path(row.path)
    const format = detect(path)
    expect(['zip', 'tar', 'gzip']).toContain(format)
    const expected = failures[shortName(row)] ?? expectedMembers(row)
    expect(await outcome(read(path, format!))).toEqual(expected)
  })

  it('names only rows that are there', () => {
    const names = new Set(rows.map(shortName))
    const listed = [...Object.keys(failures), ...unknown, ...Object.keys(otherFormats)]
    expect(listed.filter((name) => !names.has(name))).toEqual([])
  })
})
