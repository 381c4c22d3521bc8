import type { TokenInfo } from '../../access/token-service.ts'
import type { PackageHistory } from '../../db/package-history.ts'
import type { PackageFileRecord, PackageSummary } from '../../db/package-record.ts'

/** The newest packages that one answer tells of. */
const MAX_PACKAGES = 1000

/** Files that one answer tells of. */
const MAX_FILES = 10_000

const STEP = 500

/** A package's file, with its package. */
export interface PackageFileOf {
  readonly package: PackageSummary
  readonly file: PackageFileRecord
}

/** The newest packages of these tags, or of all; an upload token learns of its own alone. */
export async function readPackages(
  history: PackageHistory,
  tags: readonly string[],
  { id, scope }: TokenInfo,
): Promise<readonly PackageSummary[]> {
  const found: PackageSummary[] = []
  for (const tag of tags.length === 0 ? [undefined] : tags) {
    let before: string | undefined
    do {
      const query = { tag, verdict: undefined, text: undefined, before, limit: STEP }
      const page = await history.list(query)
      found.push(...page.packages.filter(({ tokenId }) => scope === 'admin' || tokenId === id))
      before = page.next
    } while (before !== undefined && found.length < MAX_PACKAGES)
  }
  return found.slice(0, MAX_PACKAGES)
}

/** The files of these packages, in their order. */
export function filesOf(
  history: PackageHistory,
  packages: readonly PackageSummary[],
): readonly PackageFileOf[] {
  const files: PackageFileOf[] = []
  for (const each of packages) {
    if (files.length >= MAX_FILES) break
    const rest = history.files(each.id, -1, MAX_FILES - files.length)
    files.push(...rest.map((file) => ({ package: each, file })))
  }
  return files
}
