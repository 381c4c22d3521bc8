import type { IncomingMessage } from 'node:http'

/** Forwards that a request may have behind it (debuginfod(8), --forwarded-ttl-limit). */
const MAX_FORWARDS = 8

/**
 * The Via value for requests that this request causes, or undefined when it has passed this instance
 * already, or too many others: servers that ask each other must not go round in circles. debuginfod
 * servers know no Via, but hand X-Forwarded-For on, in which a symgate that asks one leaves its name.
 */
export function forwardedVia({ headers }: IncomingMessage, instance: string): string | undefined {
  const own = `1.1 symgate-${instance}`
  const forwards = String(headers['x-forwarded-for'] ?? '').split(',')
  if (forwards.length > MAX_FORWARDS) return undefined
  if (forwards.some((name) => name.trim() === `symgate-${instance}`)) return undefined
  const passed = headers.via
  if (passed === undefined) return own
  return passed.includes(own) ? undefined : `${passed}, ${own}`
}
