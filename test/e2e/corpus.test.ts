import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCorpus } from '../helpers/corpus.ts'
import { curl } from '../helpers/curl.ts'
import { createToken, startServer, waitUntil, type RunningServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const corpus = openCorpus()

/** Real PE and PDB files with the path under which a debugger asks for them; one file per identity. */
function realFiles(): readonly { file: string; path: string }[] {
  const seen = new Set<string>()
  return (corpus?.rows ?? []).flatMap((row) => {
    const path = row.identifiers?.['symstore_path']
    if (
      row.expected !== 'accept' ||
      (row.kind !== 'pe' && row.kind !== 'pdb') ||
      typeof path !== 'string'
    )
      return []
    const id = path.split('/')[1]?.toLowerCase() ?? ''
    const key = row.kind === 'pe' ? path.toLowerCase() : id
    if (seen.has(key) || seen.has(basename(row.path).toLowerCase())) return []
    seen.add(key)
    seen.add(basename(row.path).toLowerCase())
    return [{ file: corpus?.path(row.path) ?? '', path }]
  })
}

const mixed = (text: string): string =>
  [...text]
    .map((char, index) => (index % 2 === 0 ? char.toUpperCase() : char.toLowerCase()))
    .join('')

async function expectAll(
  server: RunningServer,
  files: ReturnType<typeof realFiles>,
  source: RegExp,
): Promise<void> {
  for (const { file, path } of files) {
    const bytes = readFileSync(file)
    for (const spelling of [path.toUpperCase(), path.toLowerCase(), mixed(path)]) {
      const { status, body, headers } = await curl(
        `${server.url}/${spelling.split('/').map(encodeURIComponent).join('/')}`,
      )
      expect([spelling, status, body.equals(bytes)]).toEqual([spelling, 200, true])
      expect(headers.get('x-symgate-source')).toMatch(source)
    }
  }
}

describe.skipIf(corpus === undefined)('real PE and PDB files', () => {
  it.each(['zip', 'tar.gz'])(
    'uploaded by curl as %s come back byte for byte, through a second symgate too, and from it alone',
    async (format) => {
      const files = realFiles()
      expect(files.length).toBeGreaterThanOrEqual(40)
      const folder = join(tempDir(), 'symbols')
      mkdirSync(folder)
      for (const { file } of files) cpSync(file, join(folder, basename(file)))
      const archive = join(tempDir(), `symbols.${format}`)
      if (format === 'zip') pythonZip(folder, archive)
      if (format === 'tar.gz') execFileSync('tar', ['-czf', archive, '-C', folder, '.'])

      const first = await startServer()
      const token = await createToken(first, 'upload')
      const { status, body } = await curl(
        '--data-binary',
        `@${archive}`,
        `${first.url}/${token}/symbols?tag=1.2.3`,
      )
      expect(status).toBe(200)
      const { upload } = JSON.parse(body.toString()) as {
        upload: { verdict: string; rejected: number; files: { path: string; status: string }[] }
      }
      expect([upload.verdict, upload.rejected]).toEqual(['good', 0])
      // Portable PDBs that are embedded in an image have rows of their own.
      const own = upload.files.filter(({ path }) => !path.includes('!'))
      expect(own.filter(({ status }) => status === 'stored')).toHaveLength(files.length)
      await expectAll(first, files, /^hosted$/)

      const second = await startServer({
        config: { upstreams: [{ name: 'first', url: first.url }] },
      })
      await expectAll(second, files, /^(upstream:first|cache)$/)
      expect(await first.stop()).toBe(0)
      await waitUntil(async () => (await curl(`${second.url}/readyz`)).status === 200)
      await expectAll(second, files, /^cache$/)
    },
    120_000,
  )
})

function pythonZip(folder: string, archive: string): void {
  execFileSync('python3', [
    '-c',
    'import shutil,sys; shutil.make_archive(sys.argv[1][:-4], "zip", sys.argv[2])',
    archive,
    folder,
  ])
}
