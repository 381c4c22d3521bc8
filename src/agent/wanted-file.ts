/** A file that something needs. */
export interface WantedFile {
  /** Symbol paths `name/id/file`, any of which will do, the best first. */
  readonly paths: readonly string[]
  /** What needs it. */
  readonly from: string
}
