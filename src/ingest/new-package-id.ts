import { randomBase32 } from '../lib/random-base32.ts'

/** An id for a package. It begins with the time, so that ids sort by it. */
export function newPackageId(): string {
  return `${Date.now().toString(36).padStart(9, '0')}-${randomBase32(12)}`
}
