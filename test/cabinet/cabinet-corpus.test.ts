import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CabinetReader } from '../../src/cabinet/cabinet-reader.ts'
import { AppError, type ErrorCode } from '../../src/lib/app-error.ts'
import { openCorpus } from '../helpers/corpus.ts'

/**
 * Rejected for what is in them, which their container does not tell: content that is no symbol file, names that
 * only whoever writes them somewhere must mind.
 */
const SOUND = [
  'cab/bad/bomb_alpha.pd_',
  'cab/bad/traversal_alpha.cab',
  'cab/mspack/dirwalk-vulns.cab',
]

/** Refused because they cannot be read here, not because they are damaged. */
const UNSUPPORTED: Readonly<Record<string, RegExp>> = {
  'cab/bad/szdd.ex_': /does not begin with MSCF/,
  'cab/libarchive/test_read_format_cab_lzx_oob.cab': /version is 0\.228/,
  'cab/libarchive/test_read_format_cab_skip_malformed.cab': /version is 0\.228/,
  'cab/mspack/cve-2015-4471-lzx-under-read.cab': /data comes before its directory/,
  'cab/mspack/cve-2018-18584-qtm-max-size-block.cab': /Quantum/,
  'cab/mspack/hidden-file-bad-folderid.cab': /data comes before its directory/,
  'cab/mspack/hidden-file-beyond-eof.cab': /data comes before its directory/,
  'cab/mspack/multi_basic_pt3.cab': /set that spans several/,
  'cab/mspack/multi_basic_pt4.cab': /set that spans several/,
  'cab/mspack/multi_basic_pt5.cab': /set that spans several/,
  'cab/mspack/partial_str_nofname.cab': /set that spans several/,
  'cab/mspack/partial_str_noninfo.cab': /set that spans several/,
  'cab/mspack/partial_str_nonname.cab': /set that spans several/,
  'cab/mspack/partial_str_nopinfo.cab': /set that spans several/,
  'cab/mspack/partial_str_nopname.cab': /set that spans several/,
  'cab/mspack/split-1.cab': /set that spans several/,
}

interface Extracted {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

/** Extracts everything, or says why not; never more of a file than its directory has. */
async function extractAll(path: string): Promise<Extracted[] | AppError> {
  const files: Extracted[] = []
  try {
    await using reader = await CabinetReader.open(createReadStream(path, { highWaterMark: 1000 }))
    for (const file of reader.files) {
      const hash = createHash('sha256')
      let bytes = 0
      for await (const chunk of reader.extract(file)) {
        hash.update(chunk)
        bytes += chunk.byteLength
      }
      expect(bytes).toBe(file.size)
      files.push({ name: file.name, bytes, sha256: hash.digest('hex') })
    }
    return files
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}

const corpus = openCorpus()
const rows = corpus?.rows.filter(({ path }) => path.startsWith('cab/')) ?? []

describe.skipIf(corpus === undefined)('the cabinets of the corpus', () => {
  it.each(
    rows.filter(({ expected }) => expected !== 'reject').map((row) => [row.path, row] as const),
  )('%s is extracted as its manifest says', async (path, row) => {
    const files = await extractAll(corpus!.path(path))
    expect(files).not.toBeInstanceOf(AppError)
    // The tool that made the manifest keeps one of two files of the same name.
    const members = (row.members ?? []).map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 }))
    expect(files).toEqual(expect.arrayContaining(members))
  })

  it.each(
    rows
      .filter(({ path, expected }) => expected === 'reject' && !SOUND.includes(path))
      .map(({ path }) => [path] as const),
  )('%s is refused', async (path) => {
    const refusal = await extractAll(corpus!.path(path))
    const why = UNSUPPORTED[path]
    const code: ErrorCode = why === undefined ? 'archive_damaged' : 'unsupported_format'
    expect(refusal).toBeInstanceOf(AppError)
    expect(refusal).toMatchObject({ code, message: expect.stringMatching(why ?? /damaged/) })
  })

  it.each(SOUND)('%s is sound as a cabinet', async (path) => {
    expect(await extractAll(corpus!.path(path))).not.toBeInstanceOf(AppError)
  })
})
