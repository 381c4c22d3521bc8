import type { Identity } from '../symbols/identity.ts'
import type { FileKind } from '../symbols/identification.ts'

/** What became of one file of a package. */
type FileStatus = 'stored' | 'duplicate' | 'conflict' | 'skipped' | 'rejected'

/** One file of a package as its manifest and its upload's answer give it. */
export interface PackageFile {
  /** Path inside the archive, or the name of a single file. */
  readonly path: string
  readonly status: FileStatus
  readonly reason?: string
  /** What somebody should look at, though it kept nothing from being stored. */
  readonly alert?: string
  /** Paths `name/id/file` under which the file can be asked for, SymStore's first. */
  readonly keys: readonly string[]
  /** For accepted files: what was found in the bytes. */
  readonly blob?: {
    readonly kind: FileKind
    readonly size: number
    /** Lower-case hex. */
    readonly sha256: string
    /** Key in the store of the blob that answers for this file. */
    readonly storeKey: string
    /**
     * The identities this file brought and answers for. A duplicate has some when the package that had
     * stored its bytes is gone: then it stands for them.
     */
    readonly identities: readonly Identity[]
    /** Keys of the blobs that lost identities to this file when it replaced other bytes. */
    readonly supersedes?: readonly string[]
    /** File in the package's staging folder from which it is published, only for `stored`. */
    readonly staged?: string
  }
}

/** Everything that is known of a package: durable before its files are published. */
export interface PackageManifest {
  readonly format: 1
  readonly id: string
  readonly tag: string
  readonly product?: string
  readonly version?: string
  readonly comment?: string
  /** Equal for all packages of one build. */
  readonly build?: string
  readonly protected: boolean
  readonly verdict: 'good' | 'failed'
  /** The token that brought it. */
  readonly tokenId?: string
  /** Bytes of the body as it was sent. */
  readonly sentBytes?: number
  /** When it began to come in and when all of it had been looked at, in milliseconds since 1970. */
  readonly receivedAtMs: number
  readonly finishedAtMs?: number
  readonly files: readonly PackageFile[]
}
