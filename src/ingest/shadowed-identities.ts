import type { AcceptedFile } from '../symbols/identification.ts'
import { identityKey } from '../symbols/identity.ts'
import { parseSymbolPath } from '../symbols/symbol-path.ts'

/**
 * Identities (as index keys) that are not the file's own and that its paths mean too: a PDB whose GUID another PDB has,
 * portable or of another age, can answer where that one did.
 */
export function shadowedIdentities({ identities, keys }: AcceptedFile): readonly string[] {
  const own = new Set(identities.map(identityKey))
  const meant = keys.flatMap((key) => {
    const match = parseSymbolPath(key.split('/'))
    return match.kind === 'symbol' ? match.path.identities : []
  })
  const ofPdb = meant.filter(({ kind }) => kind === 'pdb' || kind === 'portable-pdb')
  return [...new Set(ofPdb.map(identityKey))].filter((identity) => !own.has(identity))
}
