import { parseSymbolPath, type SymbolPath } from './symbol-path.ts'

/** The path of the Breakpad file beside whatever the path asks for, as Breakpad spells it: without `.pdb`, with any other extension. */
export function breakpadPath(path: SymbolPath): SymbolPath | undefined {
  const { name, id } = path
  const match = parseSymbolPath([name, id, `${name.replace(/\.pdb$/i, '')}.sym`])
  return match.kind === 'symbol' ? match.path : undefined
}
