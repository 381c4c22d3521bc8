import type { LocalSymbol } from './local-file.ts'
import type { PushRow, PushStatus } from './push-report.ts'

/** The row of a symbol file. */
export function toPushRow(
  { path, key, size, sha256 }: LocalSymbol,
  status: PushStatus,
  reason?: string,
): PushRow {
  return { path, status, ...(reason !== undefined && { reason }), key, size, sha256 }
}
