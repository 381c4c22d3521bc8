import type { SymbolPath } from './symbol-path.ts'

/** The kinds of file that SymStore stores; the others have stores without compressed names (SSQP, Breakpad). */
const STORED_BY_SYMSTORE: ReadonlySet<string> = new Set(['pdb', 'portable-pdb', 'pdb20', 'pe'])

/**
 * Where a SymStore keeps the compressed form of a file: its last character replaced by `_`, whatever the
 * extension (protocol.md §1.1). Undefined where there is no such form: of other kinds and of other forms.
 */
export function compressedPath({ form, identities, storePath }: SymbolPath): string | undefined {
  if (form !== 'plain' || !identities.some(({ kind }) => STORED_BY_SYMSTORE.has(kind)))
    return undefined
  const path = storePath.replace(/.$/su, '_')
  return path === storePath ? undefined : path
}
