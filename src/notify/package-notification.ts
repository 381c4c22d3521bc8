import type { PackageRecord } from '../db/package-record.ts'
import type { PackageNotification } from './notification.ts'

/** Files that one notification lists: a mail of more would be read by nobody. */
const MAX_FILES = 1000

/** What a notification says of a package that has got its verdict. */
export function packageNotification(record: PackageRecord): PackageNotification {
  const { id, tag, files } = record
  const count = (status: string): number => files.filter((file) => file.status === status).length
  const notable = files
    .filter(
      ({ status, alert }) => status === 'rejected' || status === 'conflict' || alert !== undefined,
    )
    .sort((a, b) => Number(b.status === 'rejected') - Number(a.status === 'rejected'))
  const finishedAtMs = record.finishedAtMs ?? record.receivedAtMs
  return {
    event: 'package',
    time: new Date(finishedAtMs).toISOString(),
    package: {
      id,
      tag,
      product: record.product ?? null,
      version: record.version ?? null,
      comment: record.comment ?? null,
      verdict: record.verdict === 'good' ? 'good' : 'failed',
      published: record.isPublished,
      error: record.error ?? null,
      token: record.tokenId ?? null,
      size: files.reduce((sum, { size }) => sum + (size ?? 0), 0),
      stored: count('stored'),
      duplicates: count('duplicate'),
      conflicts: count('conflict'),
      skipped: count('skipped'),
      rejected: count('rejected'),
      alerts: files.filter(({ alert }) => alert !== undefined).length,
      received: new Date(record.receivedAtMs).toISOString(),
      finished: new Date(finishedAtMs).toISOString(),
    },
    files: notable.slice(0, MAX_FILES).map(({ path, status, reason, alert }) => ({
      path,
      status,
      ...(reason !== undefined && { reason }),
      ...(alert !== undefined && { alert }),
    })),
    files_left_out: Math.max(0, notable.length - MAX_FILES),
  }
}
