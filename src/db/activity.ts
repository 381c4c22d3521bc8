/** How much of everything happened; the names are those of the table's columns, and of the API. */
export interface Activity {
  readonly hosted: number
  readonly cache: number
  readonly upstream: number
  readonly absent: number
  readonly trouble: number
  readonly bytes_sent: number
  readonly fetches: number
  readonly fetches_failed: number
  readonly bytes_fetched: number
  readonly uploads: number
  readonly bytes_uploaded: number
}

/** The activity of which `valueOf` tells each part. */
export function activityOf(valueOf: (name: keyof Activity) => number): Activity {
  return {
    hosted: valueOf('hosted'),
    cache: valueOf('cache'),
    upstream: valueOf('upstream'),
    absent: valueOf('absent'),
    trouble: valueOf('trouble'),
    bytes_sent: valueOf('bytes_sent'),
    fetches: valueOf('fetches'),
    fetches_failed: valueOf('fetches_failed'),
    bytes_fetched: valueOf('bytes_fetched'),
    uploads: valueOf('uploads'),
    bytes_uploaded: valueOf('bytes_uploaded'),
  }
}
