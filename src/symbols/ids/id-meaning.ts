import type { SymbolId } from '../symbol-id.ts'
import { type DebugId, parseDebugId } from './debug-id.ts'
import type { NameKind } from './name-kind.ts'

/** One reading of the id of a symbol path. */
export type IdMeaning =
  | { readonly kind: 'pdb20'; readonly signature: number; readonly age: number }
  | { readonly kind: 'image'; readonly timestamp: number; readonly sizeOfImage: number }
  | { readonly kind: 'debug-id'; readonly debugId: DebugId }
  /** Whole bytes, lower case, without a prefix that says of what. */
  | { readonly kind: 'build-id'; readonly digits: string }
  | Exclude<SymbolId, { kind: 'hex' | 'bogus' }>

/** Timestamp or signature, always eight digits, before a size or an age of at most as many. */
const UINT32_DIGITS = 8
/** Lengths at which bare digits are rather a build-id: 4 bytes, and the 8 and 16 that linkers write. */
const SHORT_BUILD_ID_DIGITS = [8, 16, 32]
const GUID_DIGITS = 32
const SHA1_DIGITS = 40
const NO_AGE = 'ffffffff'

/**
 * What an id can mean for a file with a name of this kind, the likeliest first; empty when such files
 * have no id like it.
 *
 * A PDB has a GUID and an age, or a PDB 2.00 signature and an age, an image its timestamp and size, or
 * the GUID of its PDB. Other names leave bare digits open, so there every reading counts.
 */
export function idMeanings(id: Exclude<SymbolId, { kind: 'bogus' }>, name: NameKind): IdMeaning[] {
  if (id.kind !== 'hex') return [id]
  const { digits } = id
  switch (name) {
    case 'pdb':
      return present(digits.length <= 2 * UINT32_DIGITS ? asPdb20(digits) : asDebugId(digits))
    case 'image':
      return present(asImage(digits), asDebugId(digits))
    case 'wasm':
      return present(asBuildId(digits), asDebugId(digits))
    case 'other':
      return isRatherBuildId(digits)
        ? present(asBuildId(digits), asImage(digits), asDebugId(digits))
        : present(asImage(digits), asDebugId(digits), asBuildId(digits))
  }
}

function isRatherBuildId(digits: string): boolean {
  if (digits.length === SHA1_DIGITS) return !digits.endsWith(NO_AGE)
  const hasPaddedAge = digits.length > GUID_DIGITS + 1 && digits[GUID_DIGITS] === '0'
  return hasPaddedAge || SHORT_BUILD_ID_DIGITS.includes(digits.length)
}

function asPdb20(digits: string): IdMeaning {
  const signature = Number.parseInt(digits.slice(0, UINT32_DIGITS), 16)
  const age = Number.parseInt(digits.slice(UINT32_DIGITS).padStart(1, '0'), 16)
  return { kind: 'pdb20', signature, age }
}

function asImage(digits: string): IdMeaning | undefined {
  if (digits.length <= UINT32_DIGITS || digits.length > 2 * UINT32_DIGITS) return undefined
  const timestamp = Number.parseInt(digits.slice(0, UINT32_DIGITS), 16)
  return { kind: 'image', timestamp, sizeOfImage: Number.parseInt(digits.slice(UINT32_DIGITS), 16) }
}

function asDebugId(digits: string): IdMeaning | undefined {
  const debugId = parseDebugId(digits)
  return debugId && { kind: 'debug-id', debugId }
}

function asBuildId(digits: string): IdMeaning | undefined {
  return digits.length % 2 === 0 ? { kind: 'build-id', digits } : undefined
}

function present(...meanings: readonly (IdMeaning | undefined)[]): IdMeaning[] {
  return meanings.filter((meaning) => meaning !== undefined)
}
