import type { Readable } from 'node:stream'
import type { SymbolPath } from '../symbols/symbol-path.ts'

/** One request for one file. */
export interface UpstreamRequest {
  /** What is wanted; how the upstream spells it is its adapter's affair. */
  readonly path: SymbolPath
  /** Whether an MSFZ container may come for a PDB. */
  readonly acceptsMsfz: boolean
  /** The `SymbolChecksum` header that the client sent: NuGet's server answers to nothing without it. */
  readonly checksum: string | undefined
  /** The symgates that the request has passed. */
  readonly via: string
}

/** What an upstream says to one request. */
export type UpstreamAnswer =
  | {
      readonly kind: 'found'
      /** The decoded body. It fails when the transfer was cut; destroying it ends the transfer. */
      readonly body: Readable
      /** Size of the decoded body in bytes where the upstream states it. */
      readonly size: number | undefined
    }
  /** The upstream knows that it has no such file in any form: this may be remembered. */
  | { readonly kind: 'absent' }
  | UpstreamTrouble

/** Nobody can tell whether the file is there: this is never remembered as a miss. */
export interface UpstreamTrouble {
  readonly kind: 'trouble'
  /** Whether the upstream could not be reached, or was and gave no file. */
  readonly stage: 'connect' | 'download'
  /**
   * `host`: other files would fare no better, which is the breaker's affair; `file`: this one alone, which counts
   * toward its skip entry; `beyond`: something behind a healthy upstream, which is held against neither.
   */
  readonly blame: 'host' | 'file' | 'beyond'
  readonly cause: string
  /** What it comes down to, for whoever sets the upstream up. */
  readonly reason?: TroubleReason
  /** How long the upstream asks to be left alone (Retry-After), where it does. */
  readonly retryAfterMs?: number
}

/** Kinds of trouble. */
export type TroubleReason =
  /** The upstream's name, or its proxy's, has no address. */
  | 'name_resolution'
  /** Nobody listens, or the connection broke or stood still. */
  | 'connection'
  | 'tls'
  /** The proxy is not there or refuses. */
  | 'proxy'
  /** Credentials are missing or not believed. */
  | 'unauthorized'
  /** Credentials are believed and not enough. */
  | 'forbidden'
  /** The upstream is there and says that it cannot now. */
  | 'unavailable'
  /** It says something that a symbol store does not say. */
  | 'answer'
  /** The settings name a bucket or folder that does not exist. */
  | 'missing_store'
  /** The request cannot be written. */
  | 'request'

/** A place to ask for files that are not here. */
export interface Upstream {
  readonly name: string
  /** Never asked for names that are or were hosted here. */
  readonly isPublic: boolean
  /** How long its «not here» holds. */
  readonly missRetryAfterMs: number
  /** Whether the upstream has a place where such a file would lie; nobody is asked to find that out. */
  hasPlaceFor(path: SymbolPath): boolean
  /**
   * Asks for the file in each form and spelling in which the upstream may have it, in turn: only when all are
   * absent is it absent. Never rejects but for an abort.
   */
  fetch(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamAnswer>
  close(): Promise<void>
}
