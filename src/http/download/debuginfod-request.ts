import { debuginfodPath } from '../../symbols/debuginfod-path.ts'
import { MAX_SECTION_NAME_BYTES } from '../../symbols/find-elf-section.ts'
import { sourcePath } from '../../symbols/source-path.ts'
import type { SymbolPath } from '../../symbols/symbol-path.ts'
import { splitTarget } from '../split-target.ts'
import { symbolBases } from './symbol-bases.ts'

/**
 * What a request target asks for in debuginfod's protocol (elfutils, debuginfod(8), «WEBAPI»). `section` looks into
 * the files of `paths` in turn; `malformed` is answered 404 at once, `none` is another protocol's.
 */
export type DebuginfodRequest =
  | { readonly kind: 'debuginfod'; readonly path: SymbolPath; readonly token: string | undefined }
  | {
      readonly kind: 'section'
      readonly paths: readonly SymbolPath[]
      readonly section: string
      readonly token: string | undefined
    }
  | { readonly kind: 'malformed'; readonly token: string | undefined }
  | { readonly kind: 'none' }

const NONE: DebuginfodRequest = { kind: 'none' }

/** Whole bytes, as many as linkers write. */
const BUILD_ID = /^(?:[\da-f]{2}){2,64}$/

/** Reads the raw request target as `/buildid/<id>/…`, at the root or below a base of symbol paths. */
export function matchDebuginfod(target: string): DebuginfodRequest {
  const segments = splitTarget(target)
  if (segments === undefined) return NONE
  for (const { length, token } of symbolBases(segments)) {
    const [protocol, buildId, ...wanted] = segments.slice(length)
    if (protocol !== 'buildid' || buildId === undefined || wanted.length === 0) continue
    return read(buildId.toLowerCase(), wanted, token)
  }
  return NONE
}

function read(
  buildId: string,
  [artifact, ...rest]: readonly string[],
  token: string | undefined,
): DebuginfodRequest {
  const malformed = { kind: 'malformed', token } as const
  if (!BUILD_ID.test(buildId)) return malformed
  const debuginfo = debuginfodPath(buildId, 'debuginfo')
  const executable = debuginfodPath(buildId, 'executable')
  if (debuginfo === undefined || executable === undefined) return malformed
  switch (artifact) {
    case 'debuginfo':
      return rest.length === 0 ? { kind: 'debuginfod', path: debuginfo, token } : malformed
    case 'executable':
      return rest.length === 0 ? { kind: 'debuginfod', path: executable, token } : malformed
    case 'section': {
      const section = rest.join('/')
      const fits = section !== '' && Buffer.byteLength(section) < MAX_SECTION_NAME_BYTES
      return fits ? { kind: 'section', paths: [debuginfo, executable], section, token } : malformed
    }
    case 'source': {
      const path = rest.length === 0 ? undefined : sourcePath(buildId, rest.join('/'))
      return path === undefined ? malformed : { kind: 'debuginfod', path, token }
    }
    default:
      return malformed
  }
}
