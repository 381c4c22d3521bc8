/** A file that clients asked for and nobody had. Times in milliseconds since 1970. */
export interface MissingRecord {
  /** Canonical path of the requests. */
  readonly path: string
  /** `name/id/file` in SymStore's casing. */
  readonly storePath: string
  /** Why there was none when it was last asked for. */
  readonly reason: string
  readonly count: number
  readonly firstAtMs: number
  readonly lastAtMs: number
  /** Whether somebody with a token has asked. */
  readonly isTrusted: boolean
  /** Who asked: some of the user agents. */
  readonly userAgents: readonly string[]
  /** When it arrived, and by whom; until it is asked for in vain once more. */
  readonly found: (FoundBy & { readonly atMs: number }) | undefined
}

/** What brought a file that had been missing: an upload, or an upstream. */
export interface FoundBy {
  readonly packageId?: string | undefined
  readonly upstream?: string | undefined
}

/** Requests for one path that were answered 404. */
export interface MissingNote extends Omit<MissingRecord, 'found'> {
  /** The identities whose arrival ends it. */
  readonly identities: readonly string[]
}
