import { parseSymbolPath, type SymbolPath } from '../../src/symbols/symbol-path.ts'

/** The parsed form of `name/id/file`; fails for what is no symbol path. */
export function symbolPathOf(text: string): SymbolPath {
  const match = parseSymbolPath(text.split('/'))
  if (match.kind !== 'symbol') throw new Error(`${text} is ${match.kind}`)
  return match.path
}
