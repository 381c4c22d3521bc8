/** A file in a notification; those that were stored without any ado are left out. */
export interface NotifiedFile {
  readonly path: string
  readonly status: string
  readonly reason?: string
  readonly alert?: string
}

/** A package that has got its verdict. */
export interface PackageNotification {
  readonly event: 'package'
  readonly time: string
  readonly package: {
    readonly id: string
    readonly tag: string
    readonly product: string | null
    readonly version: string | null
    readonly comment: string | null
    readonly verdict: 'good' | 'failed'
    /** false: it was refused as a whole. */
    readonly published: boolean
    readonly error: { readonly code: string; readonly message: string } | null
    readonly token: string | null
    readonly size: number
    readonly stored: number
    readonly duplicates: number
    readonly conflicts: number
    readonly skipped: number
    readonly rejected: number
    readonly alerts: number
    readonly received: string
    readonly finished: string
  }
  /** What was rejected, conflicts or has an alert. */
  readonly files: readonly NotifiedFile[]
  /** How many of these there are beyond the ones that are listed. */
  readonly files_left_out: number
}

/** Files that had been asked for in vain and have arrived. */
export interface FoundNotification {
  readonly event: 'symbol.found'
  readonly time: string
  /** The package that brought them; null: an upstream did. */
  readonly package: { readonly id: string; readonly tag: string } | null
  /** The upstream that brought them; null: a package did. */
  readonly upstream: string | null
  readonly symbols: readonly {
    readonly path: string
    readonly name: string
    readonly id: string
    readonly file: string
    readonly count: number
    readonly first: string
    readonly last: string
  }[]
}

/** Something that happened and that people or programs want to be told of, as it goes over the wire. */
export type Notification = PackageNotification | FoundNotification
