import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FileReader } from '../../src/lib/file-reader.ts'
import type { AcceptedFile, Identification } from '../../src/symbols/identification.ts'
import { identify } from '../../src/symbols/identify.ts'
import { identityKey } from '../../src/symbols/identity.ts'
import { parseSymbolPath } from '../../src/symbols/symbol-path.ts'
import { openCorpus, type CorpusRow } from '../helpers/corpus.ts'

const corpus = openCorpus()
const CONTAINERS = new Set(['zip', 'tar', 'cab', 'gz', '7z', 'nupkg', 'snupkg'])
const rows = (corpus?.rows ?? []).filter(({ kind }) => !CONTAINERS.has(String(kind)))

/** What the manifest states of a row, as far as it is checked here. */
interface Ids {
  readonly debug_id?: string | readonly string[] | undefined
  readonly code_id?: string | readonly string[] | undefined
  readonly build_id?: string
  readonly symstore_path?: string
  readonly ssqp_keys?: readonly string[]
  readonly alt_paths?: readonly string[]
  readonly breakpad_path?: string
  readonly slices?: readonly Ids[]
}

describe.skipIf(corpus === undefined)('identify over the corpus', () => {
  it('covers every row that is no archive or cabinet', () => {
    expect(rows.length).toBe(370)
  })

  it.each(rows.filter(({ path }) => path !== 'win/old_alpha.pdb'))('$path', async (row) => {
    expect(deviations(await identifyRow(row), row)).toEqual([])
  })

  it.each([
    // The manifest rejects it, but states the key if it is supported, which it is.
    ['win/old_alpha.pdb', 'old_alpha.pdb/3A5B7C9D5/old_alpha.pdb'],
    ['win/legacy_alpha.dbg', 'legacy_alpha.dbg/37CDB03962040/legacy_alpha.dbg'],
    ['sym/bom.sym', 'libbom.so/1A2B3C4D5E6F47089A0B1C2D3E4F50660/libbom.so.sym'],
  ])('files %s, which may be refused too, under its right key', async (path, key) => {
    const row = rows.find((candidate) => candidate.path === path)
    expect(row === undefined ? undefined : await identifyRow(row)).toMatchObject({ keys: [key] })
  })

  it('serves both hashes of a file without build-id', async () => {
    const row = rows.find(({ path }) => path === 'elf/x64_noid_alpha')
    const found = row === undefined ? undefined : await identifyRow(row)
    expect(found).toMatchObject({
      debugId: '84622436FC96960E9EBAF91EA4F88C960',
      identities: expect.arrayContaining([
        { kind: 'elf', buildId: '3624628496fc0e969ebaf91ea4f88c96' },
        { kind: 'elf', buildId: '3624628496fc0e9699baf91ebaf88c96' },
      ]) as unknown,
    })
  })
})

async function identifyRow(row: CorpusRow): Promise<Identification> {
  await using reader = await FileReader.open(corpus?.path(row.path) ?? '')
  return await identify(reader, basename(row.path)) // before the reader is closed
}

/** Where an identification differs from what the manifest states, one line each. */
function deviations(found: Identification, row: CorpusRow): string[] {
  if (found.status !== row.expected && !(row.also_ok ?? []).includes(found.status)) {
    return [`${found.status} instead of ${row.expected}`]
  }
  if (found.status !== 'accept' || row.expected !== 'accept') return []
  const ids = (row.identifiers ?? {}) as Ids
  const differ = (what: string, is: unknown, wanted: unknown): string[] =>
    JSON.stringify(is) === JSON.stringify(wanted)
      ? []
      : [`${what} ${String(is)} instead of ${String(wanted)}`]
  const slices: readonly Ids[] = ids.slices ?? [{ debug_id: ids.debug_id, code_id: ids.code_id }]
  const first =
    ids.symstore_path ?? ids.breakpad_path?.toLowerCase() ?? ids.ssqp_keys?.[0]?.toLowerCase()
  const keys = found.keys.map((key) => key.toLowerCase())
  return [
    ...differ('ids', (found.slices ?? [found]).map(idsOf), slices.map(wantedIds)),
    ...differ('build-id', ids.build_id && found.buildId, ids.build_id),
    ...differ(
      'first key',
      first && (ids.symstore_path === undefined ? keys : found.keys)[0],
      first,
    ),
    ...ownKeys(ids, row)
      .filter((key) => !keys.includes(key.toLowerCase()))
      .map((key) => `no key ${key}`),
    ...found.keys.filter((key) => !leadsTo(key, found)).map((key) => `${key} does not lead to it`),
    ...(found.identities.length === 0 ? ['no identity'] : []),
  ]
}

/** Whether a client that asks for the key is given this file. */
function leadsTo(key: string, { identities }: AcceptedFile): boolean {
  const match = parseSymbolPath(key.split('/'))
  const own = new Set(identities.map(identityKey))
  return (
    match.kind === 'symbol' &&
    match.path.identities.some((identity) => own.has(identityKey(identity)))
  )
}

function idsOf({ debugId, codeId }: AcceptedFile): string {
  return `${debugId} ${codeId?.toLowerCase()}`
}

function wantedIds({ debug_id, code_id }: Ids): string {
  return `${String(debug_id)} ${code_id === undefined ? undefined : String(code_id).toLowerCase()}`
}

/** All keys of the row but, for an image, those of the PDBs it points to. */
function ownKeys(ids: Ids, row: CorpusRow): readonly string[] {
  const all = [
    ids.symstore_path,
    ...(ids.ssqp_keys ?? []),
    ...(ids.alt_paths ?? []),
    ids.breakpad_path,
  ]
  const own = `/${basename(row.path)}`.toLowerCase()
  return all
    .filter((key) => key !== undefined)
    .filter((key) => row.kind !== 'pe' || key.toLowerCase().endsWith(own))
}
