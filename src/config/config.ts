import type { Network } from '../lib/network.ts'
import type { S3Settings } from '../storage/s3/s3-settings.ts'
import type { PointerRoot, UpstreamSettings } from '../upstream/upstream-settings.ts'
import type { PresetChoice } from '../upstream/presets.ts'
import type { BreakerRules, SkipRules, UpstreamRules } from '../upstream/upstream-rules.ts'

interface S3StoreConfig {
  readonly type: 's3'
  readonly s3: S3Settings
  /** Whether another symgate writes the store, and this one reads it. */
  readonly readOnly: boolean
  /** How often a reader looks for what was written. */
  readonly followMs: number
}

/**
 * The configuration of one server, checked and complete: every default filled in, every path absolute.
 * A size limit of "none" is Infinity, a timeout of "none" is undefined.
 */
export interface Config {
  /** Where to listen; port 0 lets the system pick. IPv6 hosts come without brackets. */
  readonly listen: { readonly host: string; readonly port: number }
  /** The data folder. */
  readonly data: string
  /** The address that users see, without a trailing slash; undefined where none is set. */
  readonly publicUrl: string | undefined
  readonly store: { readonly type: 'local'; readonly path: string } | S3StoreConfig
  /** The folder of cached files: never the store's, nor inside or around it. */
  readonly cache: {
    readonly path: string
    readonly maxBytes: number
    /** Files that nobody asked for in this time go. */
    readonly maxAgeMs: number
  }
  /** `maxBytes` 0 means that nothing is held in memory. */
  readonly memoryCache: { readonly maxBytes: number; readonly maxBlobBytes: number }
  /** A file that holds the administrator's token; absolute. */
  readonly adminTokenFile: string | undefined
  /** Proxies whose `X-Forwarded-*` headers count. */
  readonly trustedProxies: readonly Network[]
  readonly access: {
    readonly anonymousDownload: boolean
    /** Where downloads without a token may come from; empty: from everywhere. */
    readonly anonymousFrom: readonly Network[]
    /** Origins whose pages may read symbols; `*` for all. */
    readonly corsOrigins: readonly string[]
    /** Host names under which the server answers; empty: every one. */
    readonly hosts: readonly string[]
    /** Whether tokens that are not an administrator's may look at the page. */
    readonly readOnlyPage: boolean
  }
  readonly serve: {
    /** Whether cabinets of the files are answered under their compressed names. */
    readonly compressed: boolean
    /** What is sent with gzip to clients that take it: nothing, Breakpad files, or every file. */
    readonly httpCompression: 'none' | 'text' | 'all'
    /** Whether SymProxy's «still downloading» is answered to debuggers that would give up. */
    readonly symbolAgentStatus: boolean
  }
  /** The forms of which one is answered below `/single`, the best first; `compressed` only where cabinets are served. */
  readonly single: { readonly prefer: readonly ('plain' | 'compressed' | 'sym')[] }
  readonly uploads: {
    readonly onConflict: 'keep' | 'replace'
    readonly onConflictPe: 'keep' | 'replace'
    /** How much history of uploads that were refused as a whole is kept; Infinity: for ever. */
    readonly refused: { readonly maxEntries: number; readonly forgetAfterMs: number }
  }
  readonly import: {
    /** Where `file.ptr` of an imported tree may point to. */
    readonly pointerRoots: readonly PointerRoot[]
  }
  readonly limits: {
    readonly maxUploadBytes: number
    readonly maxEntryBytes: number
    readonly maxExpandedBytes: number
    readonly maxEntries: number
    readonly maxConcurrentUploads: number
    readonly maxConcurrentFills: number
    readonly maxFillBytes: number
    /** What stays free on the disks of store and cache; 0: nothing is kept free. */
    readonly minFreeBytes: number
    /** Paths that one unknown client may ask for in an hour without their being known here. */
    readonly maxNewPathsPerClient: number
  }
  readonly misses: {
    /** 0: a miss is never believed, the upstream is asked each time. */
    readonly retryAfterMs: number
    /** Infinity: misses are deleted only to make room. */
    readonly forgetAfterMs: number
    readonly maxEntries: number
  }
  /** The list of what was asked for in vain; Infinity: kept until there is too much. */
  readonly missing: { readonly maxEntries: number; readonly forgetAfterMs: number }
  /** What holds for upstreams that say nothing else. */
  readonly skip: SkipRules
  readonly breaker: BreakerRules
  /** Who is told of packages. */
  readonly notify: {
    readonly email: readonly {
      /** With user and password in it. */
      readonly smtp: string
      readonly from: string
      readonly to: readonly string[]
      readonly on: 'failed' | 'always'
      readonly tags: readonly string[]
    }[]
    readonly webhook: readonly {
      readonly url: string
      readonly secret: string | undefined
      readonly events: readonly ('package' | 'symbol.found')[]
    }[]
  }
  /** Which public servers are there without being configured, and asked for how much. */
  readonly presets: PresetChoice
  /** Patterns of names that public upstreams may be asked for, whoever hosts them here. */
  readonly publicNames: readonly string[]
  /** In the order of the configuration; names are unique. */
  readonly upstreams: readonly (UpstreamSettings & { readonly rules: UpstreamRules })[]
  readonly retention: {
    /** The first whose pattern fits a tag decides. */
    readonly tags: readonly {
      readonly pattern: string
      readonly keepLast: number | undefined
      readonly maxAgeMs: number | undefined
      readonly unusedForMs: number | undefined
    }[]
    readonly maxTotalBytes: number
    readonly safetyPeriodMs: number
    /** Undefined: only when somebody asks for it. */
    readonly intervalMs: number | undefined
  }
  readonly check: {
    readonly maxBytesPerSecond: number
    /** Undefined: only when somebody asks for it. */
    readonly intervalMs: number | undefined
  }
  readonly log: {
    readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
  }
}
