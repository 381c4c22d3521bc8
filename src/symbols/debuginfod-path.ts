import { parseSymbolPath, type SymbolPath } from './symbol-path.ts'

/** The two files that a debuginfod server has of a build-id. */
export type DebuginfodArtifact = 'debuginfo' | 'executable'

/**
 * The symbol path of the file that debuginfod knows by this build-id (hex, any case): SSQP's key, so that what
 * is found by one protocol answers the other. Undefined where the text is no build-id that a file can have.
 */
export function debuginfodPath(
  buildId: string,
  artifact: DebuginfodArtifact,
): SymbolPath | undefined {
  const segments =
    artifact === 'debuginfo'
      ? ['_.debug', `elf-buildid-sym-${buildId}`, '_.debug']
      : ['_', `elf-buildid-${buildId}`, '_']
  const match = parseSymbolPath(segments)
  return match.kind === 'symbol' ? match.path : undefined
}
