import { isIP } from 'node:net'
import type { Network } from './network.ts'

/** Reads `10.0.0.0/8`, `2001:db8::/32` or one address; undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [, address = '', digits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const family = isIP(address)
  if (family === 0 || address.includes('%')) return undefined
  const all = family === 4 ? 32 : 128
  const bits = digits === undefined ? all : Number(digits)
  return bits <= all ? { address, bits } : undefined
}
