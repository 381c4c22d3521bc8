import { createHash } from 'node:crypto'

/** Digits of a key: enough that two channels never share one. */
const DIGITS = 16

/** A key for what makes a channel the same channel. */
export function channelKey(...facts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, DIGITS)
}
