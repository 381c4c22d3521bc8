import { randomBase32 } from '../lib/random-base32.ts'
import { timePrefix } from '../lib/time-prefix.ts'

/** An id for a package. It begins with the time, so that ids sort by it. */
export function newPackageId(): string {
  return `${timePrefix(Date.now())}-${randomBase32(12)}`
}
