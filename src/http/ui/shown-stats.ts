/** What happened in an hour, or in all of them, as the API tells it. */
export interface Activity {
  readonly requests: number
  readonly hosted: number
  readonly cache: number
  readonly upstream: number
  readonly absent: number
  readonly trouble: number
  readonly bytes_sent: number
  readonly bytes_fetched: number
  readonly fetches: number
  readonly fetches_failed: number
  readonly uploads: number
}

/** Files and bytes of one root. */
interface Stored {
  readonly files: number
  readonly bytes: number
}

/** The API's statistics, as far as the page shows them. */
export interface ShownStats {
  readonly stored: { readonly hosted: Stored; readonly cache: Stored }
  readonly hours: readonly (Activity & { readonly hour: string })[]
}
