import { describe, expect, test } from 'vitest'
import { identityKey } from '../../src/symbols/identity.ts'
import { parseSymbolPath } from '../../src/symbols/symbol-path.ts'
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

function mixedCase(text: string): string {
  return [...text].map((c, at) => (at % 2 === 0 ? c.toUpperCase() : c.toLowerCase())).join('')
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
    for (const { path, ids, codeView } of cases) {
      const [name = ''] = path.split('/')
      const own = new Set(keysOf(ids, codeView, [name]))
      const tier = name[1] === '.' ? name.slice(0, 1) : name.slice(0, 2)
      for (const spelling of [path, path.toLowerCase(), path.toUpperCase(), mixedCase(path)]) {
        for (const asked of [spelling, `${tier}/${spelling}`]) {
          const match = parseSymbolPath(asked.split('/'))
          const found = match.kind === 'symbol' ? match.path.identities.map(identityKey) : []
          expect(
            found.filter((key) => own.has(key)),
            asked,
          ).not.toEqual([])
        }
      }
    }
  })

  test('are one request in every spelling', () => {
    for (const { path } of cases) {
      const spellings = [path, path.toLowerCase(), path.toUpperCase(), mixedCase(path)]
      const canonical = spellings.map((spelling) => {
        const match = parseSymbolPath(spelling.split('/'))
        return match.kind === 'symbol' ? match.path.canonical : undefined
      })
      expect(new Set(canonical).size, path).toBe(1)
    }
  })

  test('in SymStore`s spelling are where the file is filed', () => {
    for (const { path, ids } of cases) {
      if (ids['symstore_path'] !== path) continue
      const match = parseSymbolPath(path.split('/'))
      const filed = match.kind === 'symbol' ? match.path.storePath : undefined
      // The manifest writes FFFFFFFF in either case.
      expect(filed?.replace('FFFFFFFF/', 'ffffffff/')).toBe(path.replace('FFFFFFFF/', 'ffffffff/'))
    }
  })
})
