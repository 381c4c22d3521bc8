import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { isUnsafeName } from './is-unsafe-name.ts'
import { parseSymbolPath, type SymbolPath } from './symbol-path.ts'

/** Digits of the hash that stands for build-id and path. */
const HASH_DIGITS = 40

/**
 * The symbol path under which a source file is kept that debuginfod knows by the build-id (lower-case hex) of a
 * program and by the absolute path it was compiled from. Where it lies says nothing but a hash of the two.
 */
export function sourcePath(buildId: string, path: string): SymbolPath | undefined {
  const absolute = posix.normalize(`/${path}`)
  const base = posix.basename(absolute)
  const name = base === '' || isUnsafeName(base) ? 'source' : base
  const hash = createHash('sha256').update(`${buildId}\0${absolute}`).digest('hex')
  const id = `debuginfod-source-${hash.slice(0, HASH_DIGITS)}`
  const match = parseSymbolPath([name, id, name])
  if (match.kind !== 'symbol') return undefined
  return { ...match.path, source: { buildId, path: absolute } }
}
