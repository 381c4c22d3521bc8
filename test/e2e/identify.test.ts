import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { deviationsFrom, type IdentifiedRow } from '../helpers/corpus-deviations.ts'
import { openCorpus } from '../helpers/corpus.ts'
import { isContainer } from '../helpers/is-container.ts'
import { MAIN } from '../helpers/main-path.ts'

const corpus = openCorpus()
const MAX_OUTPUT_BYTES = 16 << 20

describe.skipIf(corpus === undefined)('symgate identify --json', () => {
  it('says of every corpus file that is no archive what the manifest does', () => {
    const rows = (corpus?.rows ?? []).filter(({ kind }) => !isContainer(kind))
    expect(rows.length).toBe(370)
    const paths = rows.map(({ path }) => corpus?.path(path) ?? '')
    const output = execFileSync(process.execPath, [MAIN, 'identify', '--json', ...paths], {
      maxBuffer: MAX_OUTPUT_BYTES,
      encoding: 'utf8',
    })
    const printed = JSON.parse(output) as readonly (IdentifiedRow & { path: string })[]
    const found = Map.groupBy(printed, ({ path }) => path)
    expect(found.size).toBe(rows.length)
    const deviations = rows.map((row, index) => [
      row.path,
      deviationsFrom(row, found.get(paths[index] ?? '') ?? []),
    ])
    expect(deviations.filter(([, lines]) => lines?.length !== 0)).toEqual([
      // Its support is optional: the manifest rejects it, but states the key under which it is filed.
      ['win/old_alpha.pdb', ['accept instead of reject']],
    ])
  })
})
