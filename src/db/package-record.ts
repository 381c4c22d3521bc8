/** What is to be said of an upload: under way, every file fine, or not. */
export type PackageVerdict = 'processing' | 'good' | 'failed'

/** A package as lists show it: everything but its files. Times in milliseconds since 1970. */
export interface PackageSummary {
  readonly id: string
  readonly tag: string
  readonly product: string | undefined
  readonly version: string | undefined
  readonly comment: string | undefined
  /** Equal for all packages of one build. */
  readonly build: string | undefined
  readonly protected: boolean
  readonly verdict: PackageVerdict
  /** Whether its files are (or were) made public: false for uploads that were refused as a whole. */
  readonly isPublished: boolean
  /** The token that brought it, where that is known. */
  readonly tokenId: string | undefined
  /** Bytes of the body as it was sent. */
  readonly sentBytes: number | undefined
  /** Bytes of its symbol files, unpacked. */
  readonly size: number
  readonly counts: PackageCounts
  /** Why it was refused as a whole. */
  readonly error: { readonly code: string; readonly message: string } | undefined
  readonly receivedAtMs: number
  readonly finishedAtMs: number | undefined
}

/** How many files of a package came to what; `alerts` of them differ from a verified copy. */
interface PackageCounts {
  readonly stored: number
  readonly duplicates: number
  readonly conflicts: number
  readonly skipped: number
  readonly rejected: number
  readonly alerts: number
}

/** One file of a package; `storeKey`, `size` and `sha256` only for accepted ones. */
export interface PackageFileRecord {
  readonly path: string
  readonly status: string
  readonly reason: string | undefined
  readonly alert: string | undefined
  readonly storeKey: string | undefined
  readonly size: number | undefined
  readonly sha256: string | undefined
  readonly keys: readonly string[]
}

/** A package as it is written. */
export interface PackageRecord extends Omit<PackageSummary, 'counts' | 'size'> {
  readonly files: readonly PackageFileRecord[]
}
