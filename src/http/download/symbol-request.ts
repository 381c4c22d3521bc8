import { parseSymbolPath, type SymbolPath } from '../../symbols/symbol-path.ts'
import { splitTarget } from '../split-target.ts'
import { symbolBases, type SymbolBase } from './symbol-bases.ts'

/** What debuggers ask for beside symbols, to learn about the server. */
type ProbeFile = 'index2.txt' | 'pingme.txt' | 'file.ptr'

/**
 * What a request target asks for, as far as symbols go; `token` is the one in the path, as it was
 * written, and `isSingle` tells of a base where one form of each file is answered and no other. `malformed` is
 * answered 404 at once, `none` belongs to the router.
 */
export type SymbolRequest =
  | {
      readonly kind: 'symbol'
      readonly path: SymbolPath
      readonly token: string | undefined
      readonly isSingle: boolean
    }
  | { readonly kind: 'probe'; readonly file: ProbeFile; readonly token: string | undefined }
  | { readonly kind: 'malformed'; readonly token: string | undefined }
  | { readonly kind: 'none' }

/** The longest base, `/t/<token>/download/symbols/single`, and the longest symbol path, two-tier MSFZ. */
const MAX_SEGMENTS = 5 + 5

/**
 * Reads the raw request target (RFC 9112 §3.2, as node:http gives it) as a symbol path or probe, at the
 * root or below `/symbols`, `/download/symbols`, `/t/<token>` and these two below it, and below `single` at the
 * end of each, in any case.
 *
 * A base is taken off only when a whole symbol path or probe remains, the shortest first: a symbol may be
 * called `symbols`. Of the readings the first proper one counts; hostile ones only where there is no other.
 */
export function matchSymbolRequest(target: string): SymbolRequest {
  const segments = splitTarget(target)
  if (segments === undefined) return { kind: 'malformed', token: undefined }
  let request: SymbolRequest = { kind: 'none' }
  if (segments.length > MAX_SEGMENTS) return request
  for (const base of symbolBases(segments)) {
    const below = read(segments.slice(base.length), base)
    if (below.kind !== 'none') request = below
    if (request.kind === 'symbol' || request.kind === 'probe') return request
  }
  return request
}

function read(
  segments: readonly string[],
  { token, isSingle }: Pick<SymbolBase, 'token' | 'isSingle'>,
): SymbolRequest {
  if (segments.length === 1) {
    const file = probeFile(segments[0])
    return file === undefined ? { kind: 'none' } : { kind: 'probe', file, token }
  }
  const match = parseSymbolPath(segments)
  if (match.kind === 'symbol') return { ...match, token, isSingle }
  return match.kind === 'none' ? match : { ...match, token }
}

function probeFile(segment: string | undefined): ProbeFile | undefined {
  const file = segment?.toLowerCase()
  return file === 'index2.txt' || file === 'pingme.txt' || file === 'file.ptr' ? file : undefined
}
