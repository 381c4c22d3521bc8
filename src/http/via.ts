import type { IncomingMessage } from 'node:http'

/**
 * The Via value for requests that this request causes, or undefined when it has passed this instance
 * already: symgates that ask each other must not go round in circles.
 */
export function forwardedVia({ headers }: IncomingMessage, instance: string): string | undefined {
  const own = `1.1 symgate-${instance}`
  const passed = headers.via
  if (passed === undefined) return own
  return passed.includes(own) ? undefined : `${passed}, ${own}`
}
