import type { AcceptedFile, EmbeddedPdb, FileKind } from '../identification.ts'
import { identityKey, type Identity } from '../identity.ts'
import { keys } from '../keys.ts'

/** What a format reader found out about one file or slice. */
export interface Findings {
  readonly kind: FileKind
  readonly arch?: string | undefined
  readonly debugId?: string | undefined
  readonly codeId?: string | undefined
  readonly buildId?: string | undefined
  /** In order of preference: the first one's path becomes the first key. Repetitions are dropped. */
  readonly identities: readonly Identity[]
  readonly slices?: readonly AcceptedFile[]
  readonly embeddedPdb?: EmbeddedPdb | undefined
  /** Keys that do not follow from the identities. */
  readonly paths?: readonly string[]
}

/** The accepted file of these findings; `name` (the module's, for Breakpad files) goes into its keys. */
export function accept(findings: Findings, name: string | undefined): AcceptedFile {
  const { kind, arch, debugId, codeId, buildId, slices, embeddedPdb } = findings
  const identities = [
    ...new Map(findings.identities.map((identity) => [identityKey(identity), identity])).values(),
  ]
  const paths = findings.paths ?? keys(identities, name)
  return {
    status: 'accept',
    kind,
    ...(arch !== undefined && { arch }),
    ...(debugId !== undefined && { debugId }),
    ...(codeId !== undefined && { codeId }),
    ...(buildId !== undefined && { buildId }),
    identities,
    keys: paths,
    ...(paths.length === 0 && { needsName: true }),
    ...(embeddedPdb !== undefined && { embeddedPdb }),
    ...(slices !== undefined && { slices }),
  }
}
