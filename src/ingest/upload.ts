import type { Readable } from 'node:stream'
import type { ArchiveEntry } from '../archives/archive-entry.ts'

/** What to do when an identity is hosted already with other bytes. */
export type ConflictRule = 'keep' | 'replace'

/** One body of an upload: an archive or a single file. It must be read to its end before the next is asked for. */
export interface UploadPart {
  readonly body: Readable
  /** Name of a single file, where the uploader gave one. */
  readonly fileName: string | undefined
}

/** Files of a folder on the server's own disk, as those of an archive. */
export interface TreePart {
  readonly entries: AsyncIterable<ArchiveEntry>
}

/** What the uploader says of the package. */
export interface UploadDetails {
  readonly tag: string
  readonly product: string | undefined
  readonly version: string | undefined
  readonly comment: string | undefined
  /** Equal for all packages of one build, which retention counts as one. */
  readonly build: string | undefined
  /** One rejected file, and nothing is published. */
  readonly strict: boolean
  /** Overrides the configured rules. */
  readonly onConflict: ConflictRule | undefined
}

/** The token that brings an upload, and what it is limited to; patterns with `*` and `?`, empty: everything. */
export interface Uploader {
  readonly id: string
  readonly tags: readonly string[]
  readonly names: readonly string[]
}

/** One upload as it comes in. */
export interface Upload {
  /** For the log. */
  readonly requestId: string
  /** Undefined for what the administrator's own commands bring. */
  readonly uploader?: Uploader | undefined
  /** Bytes of the body so far, as it is sent. */
  readonly sentBytes?: () => number
  readonly parts: AsyncIterable<UploadPart | TreePart>
  /** The details, complete once the parts have been read: a form may give them last. */
  details(): UploadDetails
}
