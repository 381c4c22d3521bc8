/** Why a request to the server did not do what it should. */
export class ServerError extends Error {
  /** Whether the same request may do later. */
  readonly isPassing: boolean
  /** Whether every other request would fail too: a wrong address or token, or nobody there. */
  readonly isGeneral: boolean
  /** What the server asks to wait for, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined

  constructor(
    message: string,
    options: ErrorOptions & {
      isPassing?: boolean
      isGeneral?: boolean
      retryAfterMs?: number | undefined
      status?: number
    } = {},
  ) {
    super(message, options)
    this.name = 'ServerError'
    this.isPassing = options.isPassing ?? false
    this.isGeneral = options.isGeneral ?? false
    this.retryAfterMs = options.retryAfterMs
    this.status = options.status
  }
}
