import { identityKey, type Identity } from './identity.ts'
import type { Identification } from './identification.ts'
import { isClrHelper } from './is-clr-helper.ts'
import type { SymbolPath } from './symbol-path.ts'

/** Whether a file is what a path asks for, and the identities it then answers for. */
export type Verification =
  | {
      readonly kind: 'match' | 'unverifiable'
      readonly identities: readonly Identity[]
      readonly note?: string
    }
  | { readonly kind: 'mismatch'; readonly cause: string }

/** Judges a file's identification against the path it was fetched for (The fill, 5). */
export function verifyContent(found: Identification, path: SymbolPath): Verification {
  if (path.form === 'msfz') return verifyMsfz(found, path)
  const asked = path.identities.filter(({ kind }) => kind !== 'path')
  const pathOnly = path.identities.filter(({ kind }) => kind === 'path')
  if (asked.length === 0) return { kind: 'unverifiable', identities: pathOnly }
  if (found.status !== 'accept') return { kind: 'mismatch', cause: found.reason }
  // Never given to a client that did not ask for it (protocol §8, 18).
  if (found.kind === 'msfz') return { kind: 'mismatch', cause: 'an MSFZ container' }

  const own = new Set(found.identities.map(identityKey))
  if (asked.some((identity) => own.has(identityKey(identity)))) {
    return { kind: 'match', identities: [...found.identities, ...pathOnly] }
  }
  const kin = asked.find((identity) =>
    found.identities.some((other) => strongId(other) === strongId(identity)),
  )
  if (kin !== undefined) {
    const note = 'the id is the same, age or part differ'
    return { kind: 'match', identities: [...found.identities, kin, ...pathOnly], note }
  }
  if (isClrHelper(path.name)) {
    return {
      kind: 'unverifiable',
      identities: [...asked.filter(({ kind }) => kind === 'pe'), ...pathOnly],
    }
  }
  return { kind: 'mismatch', cause: `the file is ${found.keys[0] ?? `another ${found.kind} file`}` }
}

/** MSFZ files are known by their own path alone. One that cannot be read here may be of a later version. */
function verifyMsfz(found: Identification, { identities }: SymbolPath): Verification {
  if (found.status !== 'accept') return { kind: 'unverifiable', identities }
  const own = new Set(found.identities.map(identityKey))
  if (identities.some((identity) => own.has(identityKey(identity)))) {
    return { kind: 'match', identities: found.identities }
  }
  return { kind: 'mismatch', cause: `the file is ${found.keys[0] ?? `another ${found.kind} file`}` }
}

/** The part of an identity that no other file has by chance: GUID, UUID or build-id, without age and kind. */
function strongId(identity: Identity): string | undefined {
  switch (identity.kind) {
    case 'pdb':
    case 'portable-pdb':
    case 'breakpad':
      return `${identity.kind === 'breakpad' ? 'breakpad' : 'pdb'}:${identity.guid}`
    case 'elf':
    case 'elf-debug':
      return `elf:${identity.buildId}`
    case 'macho':
    case 'macho-debug':
      return `macho:${identity.uuid}`
    case 'wasm':
    case 'wasm-debug':
      return `wasm:${identity.buildId}`
    case 'pdb20':
    case 'pe':
    case 'breakpad-code':
    case 'path':
      return identityKey(identity)
  }
}
