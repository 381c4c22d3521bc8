import type { MissingRecord } from '../db/missing-record.ts'
import type { FoundNotification } from './notification.ts'

/** Symbols that one notification lists. */
const MAX_SYMBOLS = 500

/** What notifications say of the files that had been missing and have arrived: as few as there is room. */
export function foundNotifications(
  by: Pick<FoundNotification, 'package' | 'upstream'>,
  atMs: number,
  found: readonly MissingRecord[],
): readonly FoundNotification[] {
  const notifications: FoundNotification[] = []
  for (let start = 0; start < found.length; start += MAX_SYMBOLS) {
    notifications.push({
      event: 'symbol.found',
      time: new Date(atMs).toISOString(),
      ...by,
      symbols: found.slice(start, start + MAX_SYMBOLS).map(toSymbol),
    })
  }
  return notifications
}

function toSymbol({ storePath, count, firstAtMs, lastAtMs }: MissingRecord) {
  const [name = '', id = '', ...file] = storePath.split('/')
  return {
    path: storePath,
    name,
    id,
    file: file.join('/'),
    count,
    first: new Date(firstAtMs).toISOString(),
    last: new Date(lastAtMs).toISOString(),
  }
}
