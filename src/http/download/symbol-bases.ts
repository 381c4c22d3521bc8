/** A base path that a request may begin with. */
export interface SymbolBase {
  /** Segments that it takes up. */
  readonly length: number
  /** The token in it, as it was written. */
  readonly token: string | undefined
  /** Whether one form of each file is answered there, and no other. */
  readonly isSingle: boolean
}

const ROOT: SymbolBase = { length: 0, token: undefined, isSingle: false }

/** The bases that these segments begin with, the root among them, the shortest first. */
export function symbolBases(segments: readonly string[]): SymbolBase[] {
  const bases = [ROOT, ...below(segments, ROOT)]
  if (segments[0]?.toLowerCase() === 't') {
    const base = { ...ROOT, length: 2, token: segments[1] }
    bases.push(base, ...below(segments, base))
  }
  const single = bases
    .filter(({ length }) => segments[length]?.toLowerCase() === 'single')
    .map((base) => ({ ...base, length: base.length + 1, isSingle: true }))
  return [...bases, ...single]
}

function below(segments: readonly string[], base: SymbolBase): SymbolBase[] {
  const first = segments[base.length]?.toLowerCase()
  const second = segments[base.length + 1]?.toLowerCase()
  if (first === 'symbols') return [{ ...base, length: base.length + 1 }]
  const isDownload = first === 'download' && second === 'symbols'
  return isDownload ? [{ ...base, length: base.length + 2 }] : []
}
