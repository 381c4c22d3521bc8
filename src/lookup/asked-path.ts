import type { SymbolPath } from '../symbols/symbol-path.ts'
import type { UpstreamRequest } from '../upstream/upstream.ts'

/**
 * What is remembered of a request: its path, apart from the same path asked for in another way whose
 * answer may be another (The fill, 7).
 */
export function askedPath({
  path,
  acceptsMsfz,
  checksum,
}: Pick<UpstreamRequest, 'path' | 'acceptsMsfz' | 'checksum'>): Pick<
  SymbolPath,
  'canonical' | 'identities'
> {
  if (!acceptsMsfz && checksum === undefined) return path
  const marks = [acceptsMsfz && '+msfz', checksum !== undefined && '+checksum'].filter(Boolean)
  return { canonical: [path.canonical, ...marks].join(' '), identities: path.identities }
}
