import { isIPv4, isIPv6 } from 'node:net'

const MAX_PORT = 65_535

/**
 * Host and port of `HOST:PORT`, where HOST is a name, an IPv4 address or an IPv6 address in brackets (which
 * the result leaves out). Undefined for anything else.
 */
export function parseListen(text: string): { host: string; port: number } | undefined {
  const match = /^(?:\[([^[\]]+)\]|([A-Za-z0-9_][A-Za-z0-9._-]*)):(\d{1,5})$/.exec(text)
  if (match === null) return undefined
  const [, bracketed, plain = '', digits] = match
  const port = Number(digits)
  if (port > MAX_PORT) return undefined
  if (bracketed !== undefined) return isIPv6(bracketed) ? { host: bracketed, port } : undefined
  // Digits and dots alone are an address, and a wrong one must not go to the name resolver.
  if (/^[\d.]+$/.test(plain) && !isIPv4(plain)) return undefined
  return { host: plain, port }
}
