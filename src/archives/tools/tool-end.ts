/** How a program ended that was not meant to. */
export interface ToolEnd {
  readonly code: number | null
  readonly signal: string | null
  /** The first lines that it wrote to stderr, without control characters. */
  readonly complaint: string
}
