import { parseSymbolPath, type SymbolPath } from './symbol-path.ts'

/** The path of the file itself, whatever form of it the path asks for. */
export function plainPath(path: SymbolPath): SymbolPath {
  const match = parseSymbolPath([path.name, path.id, path.name])
  return match.kind === 'symbol' ? match.path : path
}
