import { posix } from 'node:path'
import type { CorpusRow } from './corpus.ts'

/** One path by which some client asks for a file, and what all files have in common that may be the answer. */
export interface CorpusRequest {
  readonly path: string
  readonly answeredBy: string
}

/** What the manifest states of a file of the corpus, or of a member of one of its archives. */
interface Ids {
  readonly guid?: string
  readonly info_age?: number
  readonly dbi_age?: number
  readonly debug_id?: string | readonly string[]
  readonly alt_debug_ids?: readonly string[]
  readonly code_id?: string | readonly string[]
  readonly build_id?: string
  readonly uuid?: string | readonly string[]
  readonly ssqp_keys?: readonly string[]
  readonly symstore_path?: string
  readonly breakpad_path?: string
  readonly alt_paths?: readonly string[]
  readonly debug_file?: string
  readonly code_file?: string
  readonly debuginfod?: string
}

type Row = Omit<CorpusRow, 'path'>
type Made = readonly (readonly [path: string, answeredBy: string])[]

const GUID_DIGITS = 32
const SSQP_DIGITS = 40

/** Every path by which the clients of protocol.md §1, §5 and peers.md §2.5 ask for an accepted file of this name. */
export function corpusRequests(row: Row, file: string): readonly CorpusRequest[] {
  const name = posix.basename(file.replaceAll('\\', '/'))
  const made = requestsOf(row, name)
  const spelled = made.flatMap(([path, answeredBy]) =>
    path.startsWith('/') ? [[path.slice(1), answeredBy] as const] : spellings(path, answeredBy),
  )
  return [...new Map(spelled)].map(([path, answeredBy]) => ({ path, answeredBy }))
}

function requestsOf(row: Row, name: string): Made {
  const ids = (row.identifiers ?? {}) as Ids
  switch (row.kind) {
    case 'pdb':
      return pdbRequests(ids, name)
    case 'ppdb':
      return portableRequests(ids, name)
    case 'pe':
      return imageRequests(ids, name)
    case 'elf':
      return elfRequests(ids, name)
    case 'macho':
    case 'macho-fat':
      return machoRequests(ids, name)
    case 'sym':
      return breakpadRequests(ids)
    case 'wasm':
      return wasmRequests(ids, name)
    default:
      return []
  }
}

/** SymStore and SSQP; padded ages, decimal ones (LLDB), the GUID with dashes (sentry-cli), Backtrace's first pair. */
function pdbRequests(ids: Ids, name: string): Made {
  const guid = ids.guid ?? ''
  const age = ids.dbi_age ?? 0
  const answeredBy = `pdb ${guid} ${age}`
  return [
    ...listed(ids).map((path) => [path, answeredBy] as const),
    ...[
      age === 0 ? '' : age.toString(16),
      age.toString(16),
      age.toString(16).padStart(8, '0'),
      String(age),
      `-${age.toString(16)}`,
    ].map((text) => [three(name, guidText(guid, text), name), answeredBy] as const),
  ]
}

/** Whatever age a client sends. */
function portableRequests(ids: Ids, name: string): Made {
  const guid = ids.guid ?? ''
  const answeredBy = `ppdb ${guid}`
  return [
    ...listed(ids).map((path) => [path, answeredBy] as const),
    ...['FFFFFFFF', '', '0', '1', '2', '-ffffffff'].map(
      (age) => [three(name, guidText(guid, age), name), answeredBy] as const,
    ),
  ]
}

/** Both cases and paddings of the size; Backtrace's second pair. */
function imageRequests(ids: Ids, name: string): Made {
  const [codeId = ''] = list(ids.code_id)
  const timestamp = codeId.slice(0, 8)
  const size = codeId.slice(8)
  const answeredBy = `pe ${codeId} ${name}`.toLowerCase()
  return [size, size.padStart(4, '0'), size.padStart(8, '0')].map((text) => [
    three(name, timestamp + text, name),
    answeredBy,
  ])
}

/** SSQP, padded and not, under any name; debuginfod; the build-id alone, and Breakpad's debug id (Backtrace's pairs). */
function elfRequests(ids: Ids, name: string): Made {
  const buildId = ids.build_id
  const typed = (ids.ssqp_keys ?? []).flatMap((key) => {
    const [first = '', id = '', last = ''] = key.split('/')
    const prefix = id.slice(0, id.lastIndexOf('-') + 1)
    const unnamed = prefix.includes('sym') ? first : '_'
    // One that was not stripped is both, whatever the manifest lists.
    const answeredBy = prefix.includes('sym') ? `debug ${buildId}` : `elf ${buildId}`
    return [id.slice(prefix.length), buildId ?? '', (buildId ?? '').padEnd(SSQP_DIGITS, '0')]
      .filter((digits) => digits !== '')
      .flatMap((digits) => [
        [three(first, prefix + digits, last), answeredBy] as const,
        [three(unnamed, prefix + digits, unnamed), answeredBy] as const,
      ])
  })
  const debugIds = [...list(ids.debug_id), ...(ids.alt_debug_ids ?? [])]
  return [
    ...typed,
    ...(ids.debuginfod === undefined
      ? []
      : [
          [
            ids.debuginfod,
            `${ids.debuginfod.endsWith('executable') ? 'elf' : 'debug'} ${buildId}`,
          ] as const,
        ]),
    ...(buildId === undefined ? [] : [[three(name, buildId, name), `elf ${buildId}`] as const]),
    ...debugIds.map(
      (id) => [three(name, id, name), `elf ${buildId ?? debugIds.toSorted().join(' ')}`] as const,
    ),
  ]
}

/** SSQP; the UUID alone, with dashes, and as Breakpad's debug id. */
function machoRequests(ids: Ids, name: string): Made {
  const keys = ids.ssqp_keys ?? []
  return [
    ...keys.map((key) => [key, key.split('/')[1] ?? ''] as const),
    ...list(ids.uuid).flatMap((uuid) =>
      [uuid, guidText(uuid, ''), guidText(uuid, '-'), `${uuid}0`].map(
        (id) => [three(name, id.replace(/-$/, ''), name), `macho ${uuid}`] as const,
      ),
    ),
  ]
}

/** Breakpad's path, symbold's, and rust-minidump's by code id. */
function breakpadRequests(ids: Ids): Made {
  const [id = ''] = list(ids.debug_id)
  const module = posix.basename((ids.debug_file ?? '').replaceAll('\\', '/'))
  const answeredBy = `sym ${id}`
  const [codeId] = list(ids.code_id)
  const code = ids.code_file
  return [
    ...listed(ids).map((path) => [path, answeredBy] as const),
    [three(module, id, `${module}.sym`), answeredBy],
    // The placeholder is asked for in vain: it is no id (protocol.md §8, 43).
    ...(codeId === undefined || code === undefined || codeId === 'FFFFFFFF'
      ? []
      : [code.replace(/\.dll$/i, ''), code].map(
          (stem) => [three(code, codeId, `${stem}.sym`), `sym ${codeId} ${code}`] as const,
        )),
  ]
}

/** With the length byte before the id, as wasm-ld writes it, and without. */
function wasmRequests(ids: Ids, name: string): Made {
  const answeredBy = `wasm ${ids.build_id}`
  return [
    ...listed(ids),
    ...[ids.build_id, ...list(ids.code_id), ...list(ids.debug_id)].map((id) =>
      three(name, id ?? '', name),
    ),
  ].map((path) => [path, answeredBy] as const)
}

function listed(ids: Ids): readonly string[] {
  return [
    ids.symstore_path,
    ...(ids.ssqp_keys ?? []),
    ids.breakpad_path,
    ...(ids.alt_paths ?? []),
  ].filter((path) => path !== undefined)
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat()
}

function three(name: string, id: string, file: string): string {
  return `${name}/${id}/${file}`
}

/** A GUID and what comes behind it; with dashes throughout where that begins with one. */
function guidText(guid: string, age: string): string {
  if (!age.startsWith('-')) return guid.slice(0, GUID_DIGITS) + age
  return guid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') + age
}

/** As it is, in lower and upper case, and in two tiers. */
function spellings(path: string, answeredBy: string): Made {
  const [name = ''] = path.split('/')
  const tier = name[1] === '.' ? name.slice(0, 1) : name.slice(0, 2)
  return [path, path.toLowerCase(), upper(path), `${tier}/${path}`].map((one) => [one, answeredBy])
}

/** Letter by letter, as file systems fold: ß has no capital there. */
function upper(text: string): string {
  return [...text]
    .map((letter) => {
      const capital = letter.toUpperCase()
      return capital.toLowerCase() === letter.toLowerCase() ? capital : letter
    })
    .join('')
}
