import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

const root = fileURLToPath(new URL('../../', import.meta.url))
const unpack = join(root, '../shared/corpus/unpack')
const folder = join(root, '.corpus')

/** One row of the corpus manifest: a real or hostile file with its true identifiers. */
export interface CorpusRow {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  readonly kind: string | null
  readonly arch?: string
  readonly expected: 'accept' | 'reject' | 'skip'
  readonly also_ok?: readonly string[]
  readonly why?: string
  readonly identifiers?: Readonly<Record<string, unknown>>
  readonly alt_paths?: readonly string[]
  readonly members?: readonly (Omit<CorpusRow, 'path'> & { readonly name: string })[]
}

/** The unpacked corpus beside the project, or undefined (said on stderr) where there is none. */
export interface Corpus {
  /** Absolute path of a corpus file. */
  path(name: string): string
  readonly rows: readonly CorpusRow[]
}

/** Opens the shared corpus, unpacking it once into the git-ignored `.corpus`; undefined where it is absent. */
export function openCorpus(): Corpus | undefined {
  if (!existsSync(unpack)) {
    process.stderr.write(
      'SKIPPED: ../shared/corpus is absent, so no test over real symbol files runs\n',
    )
    return undefined
  }
  execFileSync(unpack, [folder])
  const rows = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as CorpusRow[]
  return { path: (name) => join(folder, name), rows }
}
