import { basename } from 'node:path'
import type { CorpusRow } from './corpus.ts'

/** What symgate says of a file, or of one slice of a fat one. */
export interface IdentifiedRow {
  readonly status: string
  readonly debugId?: string
  readonly codeId?: string
  readonly buildId?: string
  readonly keys?: readonly string[]
}

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

/** Where what was found (one for each slice) differs from what the manifest states, one line each. */
export function deviationsFrom(row: CorpusRow, found: readonly IdentifiedRow[]): string[] {
  const status = [...new Set(found.map((slice) => slice.status))].join('+')
  if (status !== row.expected && !(row.also_ok ?? []).includes(status)) {
    return [`${status} instead of ${row.expected}`]
  }
  if (status !== 'accept' || row.expected !== 'accept') return []
  const ids = (row.identifiers ?? {}) as Ids
  const slices: readonly Ids[] = ids.slices ?? [{ debug_id: ids.debug_id, code_id: ids.code_id }]
  const allKeys = found.flatMap(({ keys = [] }) => keys)
  const keys = allKeys.map((key) => key.toLowerCase())
  const first =
    // SSQP spells it in upper case, and so does the manifest but for two members of archives.
    ids.symstore_path?.replace(/f{8}(?=\/)/, 'FFFFFFFF') ??
    ids.breakpad_path?.toLowerCase() ??
    ids.ssqp_keys?.[0]?.toLowerCase()
  const buildId = found[0]?.buildId
  return [
    ...differ('ids', found.map(idsOf), slices.map(wantedIds)),
    ...differ('build-id', ids.build_id && buildId, ids.build_id),
    ...differ('first key', first && (ids.symstore_path === undefined ? keys : allKeys)[0], first),
    ...ownKeys(ids, row)
      .filter((key) => !keys.includes(key.toLowerCase()))
      .map((key) => `no key ${key}`),
  ]
}

function differ(what: string, is: unknown, wanted: unknown): string[] {
  if (JSON.stringify(is) === JSON.stringify(wanted)) return []
  return [`${what} ${String(is)} instead of ${String(wanted)}`]
}

function idsOf({ debugId, codeId }: IdentifiedRow): string {
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
