import type { Identity } from './identity.ts'
import { breakpadIdentities } from './ids/breakpad-identities.ts'
import { idMeanings, type IdMeaning } from './ids/id-meaning.ts'
import { nameKind } from './ids/name-kind.ts'
import { plainIdentities } from './ids/plain-identities.ts'
import { storeId } from './ids/store-id.ts'
import { isUnsafeName } from './is-unsafe-name.ts'
import { tierOf } from './layouts/tier-of.ts'
import { symbolForm, type SymbolForm } from './symbol-form.ts'
import { parseSymbolId } from './symbol-id.ts'

/** What a client asks for, parsed. */
export interface SymbolPath {
  /** Name, id and file as the client wrote them, decoded. */
  readonly name: string
  readonly id: string
  readonly file: string
  readonly form: SymbolForm
  /**
   * What to look up, best first; of the plain file where the form is a wrapping of it. The last is the
   * path itself, for files whose content says nothing of their id.
   */
  readonly identities: readonly Identity[]
  /** Equal for all spellings of the same request, and for no others: the key of fills and misses. */
  readonly canonical: string
  /** Where the file is filed and what an upstream is asked for, in SymStore's casing and in its single tier. */
  readonly storePath: string
  /** Of a source file alone: the program's build-id and the absolute path, by which debuginfod servers know it. */
  readonly source?: { readonly buildId: string; readonly path: string }
}

/**
 * A symbol path; `malformed`: the shape of one around a hostile name or a bogus id, which nobody has and
 * nobody is to be asked for; `none`: something else.
 */
export type SymbolPathMatch =
  | { readonly kind: 'symbol'; readonly path: SymbolPath }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'none' }

/** The folder of MSFZ files below an id (SSQP key conventions, "PDZ"). */
const MSFZ_FOLDER = 'msfz0'

/**
 * Parses the decoded segments of a path: `name/id/file` or `name/id/msfz0/file`, either with the first
 * characters of the name before it (two-tier stores).
 */
export function parseSymbolPath(segments: readonly string[]): SymbolPathMatch {
  const [first = '', second = '', ...rest] = segments
  const last = rest.at(-1)
  if (last === undefined || first === '' || second === '') return { kind: 'none' }
  if (rest.length === 1) return parse(first, second, last, false)
  if (rest.length === 2 && isMsfzFolder(rest[0])) return parse(first, second, last, true)
  if (rest.length > 3 || !isTierOf(second, first)) return { kind: 'none' }
  if (rest.length === 2) return parse(second, rest[0] ?? '', last, false)
  return isMsfzFolder(rest[1]) ? parse(second, rest[0] ?? '', last, true) : { kind: 'none' }
}

function isMsfzFolder(segment: string | undefined): boolean {
  return segment?.toLowerCase() === MSFZ_FOLDER
}

function isTierOf(name: string, tier: string): boolean {
  return tier.toLowerCase() === tierOf(name).toLowerCase()
}

function parse(name: string, id: string, file: string, isMsfz: boolean): SymbolPathMatch {
  const found = symbolForm(name, file)
  if (found === undefined || (isMsfz && found.form !== 'plain')) return { kind: 'none' }
  const parsedId = parseSymbolId(id)
  if (parsedId === undefined) return { kind: 'none' }
  if (parsedId.kind === 'bogus' || isUnsafeName(name)) return { kind: 'malformed' }
  // What is put after a name can make it too long; the pointer's name is its own.
  if (found.form !== 'pointer' && isUnsafeName(file)) return { kind: 'malformed' }

  const lowerName = name.toLowerCase()
  const kind = nameKind(lowerName)
  const meanings = idMeanings(parsedId, kind)
  const [likeliest] = meanings
  if (likeliest === undefined) return { kind: 'none' }

  const form = isMsfz ? 'msfz' : found.form
  const folder = `${name}/${storeId(likeliest, kind, form === 'breakpad')}`
  const storePath = `${folder}/${isMsfz ? `${MSFZ_FOLDER}/` : ''}${found.file}`
  const canonical = storePath.toLowerCase()
  const isWrapped = form === 'compressed' || form === 'pointer'
  const path = isWrapped ? `${folder}/${name}`.toLowerCase() : canonical
  const identities: Identity[] = [
    ...identitiesOf(form, meanings, lowerName),
    { kind: 'path', path },
  ]
  return { kind: 'symbol', path: { name, id, file, form, identities, canonical, storePath } }
}

function identitiesOf(form: SymbolForm, meanings: readonly IdMeaning[], name: string): Identity[] {
  switch (form) {
    case 'plain':
    case 'compressed':
    case 'pointer':
      return meanings.flatMap((meaning) => plainIdentities(meaning, name))
    case 'breakpad':
      return meanings.flatMap((meaning) => breakpadIdentities(meaning, name))
    case 'msfz':
    case 'source-bundle':
      // They carry the id of the file that they stand beside, and must not be answered with it.
      return []
  }
}
