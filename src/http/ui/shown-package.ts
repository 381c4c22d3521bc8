/** An upload as the API lists it. */
export interface ShownPackage {
  readonly id: string
  readonly tag: string
  readonly product: string | null
  readonly version: string | null
  readonly comment: string | null
  readonly protected: boolean
  readonly verdict: 'processing' | 'good' | 'failed'
  readonly published: boolean
  readonly token: string | null
  readonly sent_bytes: number | null
  readonly size: number
  readonly stored: number
  readonly duplicates: number
  readonly conflicts: number
  readonly skipped: number
  readonly rejected: number
  readonly alerts: number
  readonly error: { readonly code: string; readonly message: string } | null
  readonly received: string
  readonly finished: string | null
}
