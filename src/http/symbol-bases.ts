/** A base path that a request may begin with. */
export interface SymbolBase {
  /** Segments that it takes up. */
  readonly length: number
  /** The token in it, as it was written. */
  readonly token: string | undefined
}

/** The bases that these segments begin with, beside the root, the shortest first. */
export function symbolBases(segments: readonly string[]): SymbolBase[] {
  if (segments[0]?.toLowerCase() !== 't') return below(segments, 0, undefined)
  const token = segments[1]
  return [{ length: 2, token }, ...below(segments, 2, token)]
}

function below(
  segments: readonly string[],
  start: number,
  token: string | undefined,
): SymbolBase[] {
  const first = segments[start]?.toLowerCase()
  if (first === 'symbols') return [{ length: start + 1, token }]
  const isDownload = first === 'download' && segments[start + 1]?.toLowerCase() === 'symbols'
  return isDownload ? [{ length: start + 2, token }] : []
}
