import { isGood, type PushReport, type PushStatus } from '../agent/push-report.ts'
import { sizeText } from './size-text.ts'

interface PushContext {
  readonly url: string
  readonly tag: string | undefined
  readonly dryRun: boolean
  readonly json: boolean
}

/** In the order of the summary, with what they say there. */
const STATUSES: readonly (readonly [PushStatus, string])[] = [
  ['stored', 'sent and stored'],
  ['missing', 'missing there, would be sent'],
  ['present', 'there already'],
  ['different', 'different: the server keeps other bytes'],
  ['rejected', 'rejected'],
  ['withheld', 'held back, as others of the strict package are bad'],
  ['failed', 'not sent'],
  ['skipped', 'no symbol files'],
]

/** Rows that somebody has to do something about. */
const LISTED: ReadonlySet<PushStatus> = new Set(['different', 'rejected', 'failed'])

/** The outcome of a push as lines: those files that need attention, and a table; or as JSON. */
export function describePush(report: PushReport, context: PushContext): readonly string[] {
  // Packages are sent side by side: their files come in another order each time.
  const rows = report.rows.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const ordered = { ...report, rows }
  return context.json ? [toJson(ordered, context)] : toText(ordered, context)
}

function toText({ rows, sentBytes, trouble }: PushReport, { dryRun }: PushContext): string[] {
  const listed = rows.filter(({ status }) => LISTED.has(status) || (dryRun && status === 'missing'))
  const width = Math.max(...listed.map(({ status }) => status.length))
  const lines = listed.map(({ path, status, reason, key }) =>
    `${status.padEnd(width)}  ${path}  ${reason ?? key ?? ''}`.trimEnd(),
  )
  const table = STATUSES.map(([status, words]) => {
    const files = rows.filter((row) => row.status === status)
    const bytes = files.reduce((sum, { size }) => sum + (size ?? 0), 0)
    return { count: files.length, size: bytes > 0 ? sizeText(bytes) : '', words }
  }).filter(({ count }) => count > 0)
  const [counts, sizes] = [
    Math.max(...table.map(({ count }) => String(count).length)),
    Math.max(...table.map(({ size }) => size.length)),
  ]
  lines.push(
    ...table.map(
      ({ count, size, words }) =>
        `${String(count).padStart(counts)}  ${size.padStart(sizes)}  ${words}`,
    ),
  )
  if (!rows.some(({ status }) => status !== 'skipped')) lines.push('there are no symbol files')
  if (sentBytes > 0) lines.push(`${sizeText(sentBytes)} went over the wire`)
  if (trouble !== undefined) lines.push(trouble.message)
  return lines
}

function toJson(report: PushReport, { url, tag, dryRun }: PushContext): string {
  const { rows, packages, sentBytes, trouble } = report
  const count = (status: PushStatus): number => rows.filter((row) => row.status === status).length
  const summary = Object.fromEntries(STATUSES.map(([status]) => [status, count(status)]))
  const answer = {
    ok: isGood(report),
    server: url,
    tag: tag ?? 'anon',
    dry_run: dryRun,
    sent_bytes: sentBytes,
    ...(trouble !== undefined && { error: trouble.message }),
    summary,
    packages,
    files: rows,
  }
  return JSON.stringify(answer, undefined, 2)
}
