import { parseSymbolPath, type SymbolPath } from '../symbols/symbol-path.ts'
import { splitTarget } from './split-target.ts'
import { symbolBases } from './symbol-bases.ts'

/** What debuggers ask for beside symbols, to learn about the server. */
type ProbeFile = 'index2.txt' | 'pingme.txt' | 'file.ptr'

/**
 * What a request target asks for, as far as symbols go; `token` is the one in the path, as it was
 * written. `malformed` is answered 404 at once, `none` belongs to the router.
 */
export type SymbolRequest =
  | { readonly kind: 'symbol'; readonly path: SymbolPath; readonly token: string | undefined }
  | { readonly kind: 'probe'; readonly file: ProbeFile; readonly token: string | undefined }
  | { readonly kind: 'malformed'; readonly token: string | undefined }
  | { readonly kind: 'none' }

/** The longest base, `/t/<token>/download/symbols`, and the longest symbol path, two-tier MSFZ. */
const MAX_SEGMENTS = 4 + 5

/**
 * Reads the raw request target (RFC 9112 §3.2, as node:http gives it) as a symbol path or probe, at the
 * root or below `/symbols`, `/download/symbols`, `/t/<token>` and these two below it, in any case.
 *
 * A base is taken off only when a whole symbol path or probe remains, the shortest first: a symbol may be
 * called `symbols`. Of the readings the first proper one counts; hostile ones only where there is no other.
 */
export function matchSymbolRequest(target: string): SymbolRequest {
  const segments = splitTarget(target)
  if (segments === undefined) return { kind: 'malformed', token: undefined }
  if (segments.length > MAX_SEGMENTS) return { kind: 'none' }
  let request = read(segments, undefined)
  for (const { length, token } of symbolBases(segments)) {
    if (request.kind === 'symbol' || request.kind === 'probe') return request
    const below = read(segments.slice(length), token)
    if (below.kind !== 'none') request = below
  }
  return request
}

function read(segments: readonly string[], token: string | undefined): SymbolRequest {
  if (segments.length === 1) {
    const file = probeFile(segments[0])
    return file === undefined ? { kind: 'none' } : { kind: 'probe', file, token }
  }
  const match = parseSymbolPath(segments)
  return match.kind === 'none' ? match : { ...match, token }
}

function probeFile(segment: string | undefined): ProbeFile | undefined {
  const file = segment?.toLowerCase()
  return file === 'index2.txt' || file === 'pingme.txt' || file === 'file.ptr' ? file : undefined
}
