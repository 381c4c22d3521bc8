import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FileReader } from '../../src/lib/file-reader.ts'
import { identify } from '../../src/symbols/identify.ts'
import { identityKey } from '../../src/symbols/identity.ts'
import { parseSymbolPath, type SymbolPath } from '../../src/symbols/symbol-path.ts'
import { openCorpus, type CorpusRow } from '../helpers/corpus.ts'

type Row = Omit<CorpusRow, 'path'>
type Value = string | number | readonly string[] | undefined

/** The ids that the manifest gives to a file, as it writes them. */
interface Ids {
  readonly [name: string]: Value
}

interface CodeView {
  readonly guid?: string
  readonly age: number
}

function* acceptedRows(rows: readonly Row[]): Generator<Row> {
  for (const row of rows) {
    if (row.expected === 'accept' && row.identifiers !== undefined) yield row
    yield* acceptedRows(row.members ?? [])
  }
}

const list = (value: Value): string[] =>
  value === undefined ? [] : [value].flat().map((each) => String(each))

/** The paths of a file in the layouts of SymStore, SSQP and Breakpad. */
function pathsOf(ids: Ids, row: Row): string[] {
  const { symstore_path, ssqp_keys, breakpad_path, alt_paths } = ids
  return [symstore_path, ssqp_keys, breakpad_path, alt_paths, row.alt_paths].flatMap(list)
}

/** Index keys of every identity that the ids make, without any parsing of paths. */
function keysOf(ids: Ids, codeView: readonly CodeView[], names: readonly string[]): string[] {
  const pdbs = [
    ...codeView,
    ...list(ids['guid']).flatMap((guid) =>
      ['dbi_age', 'info_age', ''].map((age) => ({ guid, age: Number(ids[age] ?? 0) })),
    ),
  ]
  return [
    ...pdbs.flatMap(({ guid, age }) => [`pdb:${guid}:${age.toString(16)}`, `portable-pdb:${guid}`]),
    ...list(ids['code_id']).flatMap((id) => names.map((name) => peKey(id, name))),
    ...list(ids['build_id']).flatMap((id) => [`elf:${id}`, `elf-debug:${id}`, `wasm:${id}`]),
    ...list(ids['code_id']).map((id) => `wasm:${id}`),
    ...list(ids['uuid']).flatMap((id) => [`macho:${id}`, `macho-debug:${id}`]),
    ...list(ids['debug_id']).map((id) => `breakpad:${id.slice(0, 32)}:${id.slice(32)}`),
  ]
}

function peKey(codeId: string, name: string): string {
  const size = codeId.slice(8).toLowerCase()
  return `pe:${codeId.slice(0, 8).toUpperCase()}${size}:${name.toLowerCase()}`
}

/** Letter by letter, as file systems fold: ß has no capital there. */
function upperCase(letter: string): string {
  const upper = letter.toUpperCase()
  return upper.toLowerCase() === letter.toLowerCase() ? upper : letter
}

function spellingsOf(path: string): string[] {
  const letters = [...path]
  return [
    path,
    path.toLowerCase(),
    letters.map(upperCase).join(''),
    letters.map((c, at) => (at % 2 === 0 ? upperCase(c) : c.toLowerCase())).join(''),
  ]
}

function parse(path: string): SymbolPath | undefined {
  const match = parseSymbolPath(path.split('/'))
  return match.kind === 'symbol' ? match.path : undefined
}

function identitiesOf(path: string): string[] {
  return parse(path)?.identities.map(identityKey) ?? []
}

const corpus = openCorpus()

describe.skipIf(corpus === undefined)('the paths of the corpus', () => {
  const cases = [...acceptedRows(corpus?.rows ?? [])].flatMap((row) => {
    const ids = row.identifiers as Ids
    const codeView = (row.identifiers?.['codeview'] ?? []) as readonly CodeView[]
    return pathsOf(ids, row).map((path) => ({ path, ids, codeView }))
  })

  test('are many', () => {
    expect(cases.length).toBeGreaterThan(500)
  })

  test('lead to the ids of their files, in any case and in two tiers', () => {
    const lost: string[] = []
    for (const { path, ids, codeView } of cases) {
      const [name = ''] = path.split('/')
      const own = new Set(keysOf(ids, codeView, [name]))
      const tier = name[1] === '.' ? name.slice(0, 1) : name.slice(0, 2)
      const asked = spellingsOf(path).flatMap((spelling) => [spelling, `${tier}/${spelling}`])
      lost.push(...asked.filter((spelling) => !identitiesOf(spelling).some((key) => own.has(key))))
    }
    expect(lost).toEqual([])
  })

  test('are one request in every spelling', () => {
    const split = cases.filter(({ path }) => {
      const canonical = spellingsOf(path).map((spelling) => parse(spelling)?.canonical)
      return canonical.some((each) => each === undefined || each !== canonical[0])
    })
    expect(split).toEqual([])
  })

  test('in SymStore`s spelling are where the file is filed', () => {
    // The manifest writes FFFFFFFF in either case.
    const folded = (path: string | undefined): string | undefined =>
      path?.replace(/ffffffff(?=\/)/i, 'FFFFFFFF')
    const filed = cases.filter(({ path, ids }) => ids['symstore_path'] === path)
    expect(filed.map(({ path }) => folded(parse(path)?.storePath))).toEqual(
      filed.map(({ path }) => folded(path)),
    )
  })

  test('made by identification lead to the identities that it gives', async () => {
    const lost: string[] = []
    for (const { path, expected } of corpus?.rows ?? []) {
      if (expected !== 'accept') continue
      await using reader = await FileReader.open(corpus?.path(path) ?? '')
      const found = await identify(reader, basename(path))
      if (found.status !== 'accept') continue
      const own = new Set(found.identities.map(identityKey))
      lost.push(...found.keys.filter((key) => !identitiesOf(key).some((each) => own.has(each))))
    }
    expect(lost).toEqual([])
  })
})
