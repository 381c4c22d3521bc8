import type { SymbolPath } from '../symbol-path.ts'

/**
 * The store's path of a PDB under the other age that the request can mean: LLDB writes ages in decimal, so its `10` is
 * found under `a` (protocol.md §1.7). Undefined where the age has one meaning.
 */
export function otherAgePath({ form, identities, storePath }: SymbolPath): string | undefined {
  if (form !== 'plain') return undefined
  const [likeliest, other] = identities.filter(({ kind }) => kind === 'pdb')
  if (likeliest?.kind !== 'pdb' || other?.kind !== 'pdb') return undefined
  const [name = '', , file = ''] = storePath.split('/')
  return `${name}/${other.guid}${other.age.toString(16)}/${file}`
}
