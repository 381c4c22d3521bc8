/** What became of one file of a push. */
export type PushStatus =
  /** Sent, and durable there. */
  | 'stored'
  /** It was there already. */
  | 'present'
  /** The server keeps other bytes under its id. */
  | 'different'
  /** Dry run: it would be sent. */
  | 'missing'
  /** Damaged or without an id, by this side's judgement or the server's. */
  | 'rejected'
  /** No symbol file. */
  | 'skipped'
  /** Strict: it is good, but others of its package are not. */
  | 'withheld'
  /** It could not be sent. */
  | 'failed'

/** One file of a push. */
export interface PushRow {
  readonly path: string
  readonly status: PushStatus
  readonly reason?: string
  readonly key?: string
  readonly size?: number
  readonly sha256?: string
  /** The package that it came into. */
  readonly package?: string
}

/** What a push came to. */
export interface PushReport {
  readonly rows: readonly PushRow[]
  /** Ids of the packages that hold the files now. */
  readonly packages: readonly string[]
  /** Bytes that went over the wire, compressed as they were, failed tries included. */
  readonly sentBytes: number
  /** What stopped it before its end. */
  readonly trouble: Error | undefined
}

const GOOD: ReadonlySet<PushStatus> = new Set(['stored', 'present', 'missing', 'skipped'])

/** Whether every symbol file is stored or was there; in a dry run, whether it would be. */
export function isGood({ rows, trouble }: PushReport): boolean {
  return trouble === undefined && rows.every(({ status }) => GOOD.has(status))
}
