import { parseSymbolPath, type SymbolPath } from './symbol-path.ts'

/** The path of the MSFZ container beside a PDB; undefined where the path asks for something else. */
export function msfzPath({ form, name, id, identities }: SymbolPath): SymbolPath | undefined {
  if (form !== 'plain' || !identities.some(({ kind }) => kind === 'pdb')) return undefined
  const match = parseSymbolPath([name, id, 'msfz0', name])
  return match.kind === 'symbol' ? match.path : undefined
}
