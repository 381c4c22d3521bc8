import { parseSymbolId } from '../symbol-id.ts'
import { breakpadIdentities } from './breakpad-identities.ts'
import { idMeanings } from './id-meaning.ts'
import { nameKind } from './name-kind.ts'

/**
 * Whether Breakpad files are asked for by this code id (upper case) of a module with that name (lower
 * case). Not by ids that are cut off, and not by those that mean something else under the name's extension.
 */
export function isAskedCodeId(codeId: string, name: string): boolean {
  const id = parseSymbolId(codeId)
  if (id === undefined || id.kind === 'bogus') return false
  return idMeanings(id, nameKind(name))
    .flatMap((meaning) => breakpadIdentities(meaning, name))
    .some((identity) => identity.kind === 'breakpad-code' && identity.codeId === codeId)
}
