import { describe, expect, it } from 'vitest'
import type { AcceptedFile, Identification } from '../../src/symbols/identification.ts'
import { identityKey } from '../../src/symbols/identity.ts'
import { parseSymbolPath } from '../../src/symbols/symbol-path.ts'
import { deviationsFrom } from '../helpers/corpus-deviations.ts'
import { openCorpus, type CorpusRow } from '../helpers/corpus.ts'
import { identifyFile } from '../helpers/identify-file.ts'
import { isContainer } from '../helpers/is-container.ts'

const corpus = openCorpus()
const rows = (corpus?.rows ?? []).filter(({ kind }) => !isContainer(kind))

describe.skipIf(corpus === undefined)('identify over the corpus', () => {
  it('covers every row that is no archive or cabinet', () => {
    expect(rows.length).toBe(370)
  })

  it.each(rows)('$path', async (row) => {
    expect(deviations(await identifyRow(row), row)).toEqual([])
  })

  it.each([
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

function identifyRow(row: CorpusRow): Promise<Identification> {
  return identifyFile(corpus?.path(row.path) ?? '')
}

/** Where an identification differs from what the manifest states, and from what it should be in itself. */
function deviations(found: Identification, row: CorpusRow): string[] {
  const slices = found.status === 'accept' ? (found.slices ?? [found]) : [found]
  const differences = deviationsFrom(row, slices)
  if (found.status !== 'accept') return differences
  return [
    ...differences,
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
