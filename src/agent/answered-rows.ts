import type { LocalSymbol } from './local-file.ts'
import type { PushRow, PushStatus } from './push-report.ts'
import type { UploadAnswer } from './symbol-server.ts'
import { toPushRow } from './to-push-row.ts'

const STATUS: Readonly<Record<string, PushStatus>> = {
  stored: 'stored',
  duplicate: 'present',
  conflict: 'different',
  rejected: 'rejected',
  // It was taken for a symbol file here.
  skipped: 'withheld',
}

/** A file under the path of its row on the server. */
export interface NamedFile {
  readonly path: string
  readonly file: LocalSymbol
}

/** What became of the files by the server's answer; one without a row has failed, for the reason `unsaid`. */
export function answeredRows(
  files: readonly NamedFile[],
  { id, files: rows }: UploadAnswer,
  unsaid: string,
): readonly PushRow[] {
  const answered = new Map(rows.map((row) => [row.path, row]))
  return files.map(({ path, file }) => {
    const row = answered.get(path)
    if (row === undefined) return toPushRow(file, 'failed', unsaid)
    return { ...toPushRow(file, STATUS[row.status] ?? 'failed', row.reason), package: id }
  })
}
