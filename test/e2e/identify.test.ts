import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { deviationsFrom, type IdentifiedRow } from '../helpers/corpus-deviations.ts'
import { openCorpus, type CorpusRow } from '../helpers/corpus.ts'
import { isContainer } from '../helpers/is-container.ts'
import { MAIN } from '../helpers/main-path.ts'

const corpus = openCorpus()
const MAX_OUTPUT_BYTES = 16 << 20

type Printed = IdentifiedRow & { readonly path: string }

/** Where symgate decides otherwise than the manifest, and why. */
const DECISIONS = [
  // Each of its members is an archive, none of which is opened; as an upload it is refused.
  ['archives/evil/bomb_nested_alpha.zip', 'skip instead of reject'],
  // The manifest sees a test of zip only, but it holds an ELF library with a build-id.
  ['archives/libarchive/test_read_format_zip_7z_deflate.zip', 'accept instead of skip'],
]

describe.skipIf(corpus === undefined)('symgate identify --json', () => {
  it('says of every corpus file, and of every member of an archive, what the manifest does', () => {
    const rows = corpus?.rows ?? []
    expect(rows.length).toBe(547)
    const paths = rows.map(({ path }) => corpus?.path(path) ?? '')
    const output = execFileSync(process.execPath, [MAIN, 'identify', '--json', ...paths], {
      maxBuffer: MAX_OUTPUT_BYTES,
      encoding: 'utf8',
    })
    const printed = JSON.parse(output) as readonly Printed[]
    const found = Map.groupBy(printed, ({ path }) => path.split('!')[0])
    expect(found.size).toBe(rows.length)
    const deviations = rows.flatMap((row, index) =>
      differences(row, found.get(paths[index] ?? '') ?? []).map((line) => [row.path, line]),
    )
    expect(deviations).toEqual(DECISIONS)
  })
})

function differences(row: CorpusRow, printed: readonly Printed[]): readonly string[] {
  if (!isContainer(row.kind)) return deviationsFrom(row, printed)
  const status = ['accept', 'reject', 'skip'].find((one) => printed.some((is) => is.status === one))
  if (![row.expected, ...(row.also_ok ?? [])].includes(String(status)))
    return [`${status} instead of ${row.expected}`]
  if (status !== 'accept') return []
  return (row.members ?? []).flatMap((member) => {
    const { name, kind } = member
    const [its, other] = printed.filter(({ path }) => path.endsWith(`!${name}`))
    // Of two of one name, and of what is in a compressed member, the manifest does not tell the ids.
    if (its === undefined || other !== undefined || isContainer(kind)) return []
    return deviationsFrom({ ...member, path: name }, [its]).map((line) => `${name}: ${line}`)
  })
}
