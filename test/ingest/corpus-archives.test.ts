import { createReadStream, existsSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { detectFormat } from '../../src/archives/detect-format.ts'
import { missingTool } from '../../src/archives/missing-tool.ts'
import { CabinetThreads } from '../../src/cabinet/cabinet-threads.ts'
import { collectFiles } from '../../src/ingest/collect-files.ts'
import type { CollectedFile } from '../../src/ingest/collected-file.ts'
import type { UploadPart } from '../../src/ingest/upload.ts'
import { AppError } from '../../src/lib/app-error.ts'
import { peekStream } from '../../src/lib/peek-stream.ts'
import { openCorpus } from '../helpers/corpus.ts'
import type { CorpusRow } from '../helpers/corpus.ts'
import { stagingFolder } from '../helpers/staging-folder.ts'
import { openTools } from '../helpers/tools.ts'

const corpus = openCorpus()
const tools = await openTools()
const cabinets = new CabinetThreads()
const rows = corpus?.rows.filter((row) => row.path.startsWith('archives/')) ?? []

/** The limits of the configuration, but for entries: the bomb of the corpus has 70,000. */
const limits = { maxEntries: 50_000, maxEntryBytes: 2 ** 34, maxExpandedBytes: 2 ** 36 }

/** Where symgate decides otherwise than the manifest, and why. An upload of which all is skipped is refused too. */
const decisions: Readonly<Record<string, string>> = {
  // Nothing in it but zips, which are not opened.
  'evil/bomb_nested_alpha.zip': 'skip',
  // The manifest sees a test of zip only, but it holds an ELF library with a build-id.
  'libarchive/test_read_format_zip_7z_deflate.zip': 'accept',
}

/** What stops the bombs. */
const codes: Readonly<Record<string, string>> = {
  'evil/bomb_alpha.tar.gz': 'limit_exceeded',
  'evil/bomb_count_alpha.zip': 'limit_exceeded',
  'evil/bomb_overlap_alpha.zip': 'archive_hostile',
  'evil/bomb_single_alpha.zip': 'limit_exceeded',
}

interface Outcome {
  readonly outcome: string
  readonly files: readonly CollectedFile[]
  readonly error?: AppError
}

/** What an upload of the file comes to, in the manifest's words. */
async function receive(path: string): Promise<Outcome> {
  const folder = stagingFolder()
  async function* parts(): AsyncGenerator<UploadPart> {
    yield { body: createReadStream(path), fileName: basename(path) }
  }
  try {
    const files = await collectFiles(parts(), { folder, limits, cabinets, tools })
    const kinds = new Set(files.map(({ kind }) => kind))
    const outcome = kinds.has('accepted') ? 'accept' : kinds.has('rejected') ? 'reject' : 'skip'
    return { outcome, files }
  } catch (error) {
    if (error instanceof AppError) return { outcome: 'reject', files: [], error }
    throw error
  } finally {
    expect(existsSync(folder.path('spool'))).toBe(false)
  }
}

type Member = NonNullable<CorpusRow['members']>[number]

/** The manifest notes devices and FIFOs behind the name. */
const pathOf = ({ name }: Member): string => name.replaceAll('\\', '/').replace(/ \[[a-z]+\]$/, '')

/** Compared only where the manifest has a key: ELF and Mach-O have none of SymStore's. */
function keyOf({ identifiers }: Member): string | undefined {
  const key = identifiers?.['symstore_path']
  return typeof key === 'string' ? key.toLowerCase() : undefined
}

function describeMember(member: Member): string {
  const { expected, sha256 } = member
  return expected === 'accept'
    ? `${pathOf(member)} ${sha256} ${keyOf(member) ?? ''}`
    : `${pathOf(member)} skipped`
}

function describeFile(file: CollectedFile, members: readonly Member[]): string {
  if (file.kind !== 'accepted') return `${file.path} ${file.kind}`
  const { path, sha256, identification } = file
  const key = identification.keys[0]?.toLowerCase() ?? ''
  const candidates = members.filter((member) => pathOf(member) === path)
  return `${path} ${sha256} ${candidates.every((member) => keyOf(member) === undefined) ? '' : key}`
}

/** Archives and cabinets inside the archive: the manifest leaves them open, or goes into them. */
const isArchive = ({ kind }: Member): boolean => ['zip', 'gz', 'cab'].includes(kind ?? '')

async function isReadable(path: string): Promise<boolean> {
  const source = createReadStream(path)
  const format = detectFormat((await peekStream(source, 36 << 10)).head)
  source.destroy()
  return format === undefined || missingTool(format, tools) === undefined
}

describe.runIf(corpus !== undefined)('an archive of the corpus, uploaded', () => {
  it.each(rows)('$path ends as the manifest says', async (row) => {
    const path = corpus!.path(row.path)
    const { outcome, files, error } = await receive(path)
    if (!(await isReadable(path))) {
      expect(error).toMatchObject({ code: 'unsupported_format' })
      return
    }
    const name = row.path.slice('archives/'.length)
    if (name in codes) expect(error?.code).toBe(codes[name])
    const decision = decisions[name]
    const allowed = decision === undefined ? [row.expected, ...(row.also_ok ?? [])] : [decision]
    expect(allowed).toContain(outcome)
    if (row.members === undefined || outcome !== 'accept') return
    const members = row.members.filter((member) => !isArchive(member))
    const archives = new Set(row.members.filter(isArchive).map(pathOf))
    const found = files.filter(({ path }) => !archives.has(path))
    expect(found.map((file) => describeFile(file, members)).toSorted()).toEqual(
      members.map(describeMember).toSorted(),
    )
  })

  it.each([
    ['archives/pair_alpha.7z', '7z'],
    ['archives/mixed_alpha.tar.bz2', 'bzip2'],
    ['archives/mixed_alpha.tar.xz', 'xz'],
    ['archives/mixed_alpha.tar.zst', 'zstd'],
  ] as const)('%s is accepted, where its tool is there', async (name, format) => {
    const { outcome } = await receive(corpus!.path(name))
    expect(outcome).toBe(missingTool(format, tools) === undefined ? 'accept' : 'reject')
  })

  it('skips what a NuGet package has beside its symbols', async () => {
    const { files } = await receive(corpus!.path('archives/TestData.1.2.3.snupkg'))
    expect(files.map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      '_rels/.rels skipped',
      'TestData.nuspec skipped',
      'lib/net5.0/TestData.pdb accepted',
      '[Content_Types].xml skipped',
      expect.stringMatching(/^package\/.*\.psmdcp skipped$/),
    ])
  })
})
