import type { Readable } from 'node:stream'

/** What an upstream says to one request for one file. */
export type UpstreamAnswer =
  | {
      readonly kind: 'found'
      /** The decoded body. It fails when the transfer was cut; destroying it ends the transfer. */
      readonly body: Readable
      /** Size of the decoded body in bytes where the upstream states it. */
      readonly size: number | undefined
    }
  /** The upstream knows that it has no such file: this may be remembered. */
  | { readonly kind: 'absent' }
  /** Nobody can tell: this is never remembered as a miss. */
  | { readonly kind: 'trouble'; readonly cause: string }

/** A place to ask for files that are not here. */
export interface Upstream {
  readonly name: string
  /** Never asked for names that are or were hosted here. */
  readonly isPublic: boolean
  /** How long its «not here» holds. */
  readonly missRetryAfterMs: number
  /**
   * Asks for `path` (name/id/file in SymStore's casing, decoded). `via` names the symgates that the
   * request has passed. Never rejects but for an abort.
   */
  fetch(path: string, options: { via: string; signal: AbortSignal }): Promise<UpstreamAnswer>
  close(): Promise<void>
}
