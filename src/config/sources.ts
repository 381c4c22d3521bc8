/** Everything that configuration can come from. */
export interface Sources {
  readonly flags: {
    readonly config?: string | undefined
    readonly listen?: string | undefined
    readonly data?: string | undefined
  }
  readonly env: Readonly<Record<string, string | undefined>>
  /** The working folder, absolute. */
  readonly cwd: string
}
