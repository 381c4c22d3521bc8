import type { IncomingMessage } from 'node:http'

/** .NET's client adds one value for each file of its session (protocol.md §1.5); longer lists help nobody. */
const MAX_LENGTH = 4096

/** The `SymbolChecksum` header as upstreams may get it, or undefined where there is none that can be passed on. */
export function symbolChecksum({ headers }: IncomingMessage): string | undefined {
  const checksum = headers['symbolchecksum']
  if (typeof checksum !== 'string' || checksum.length > MAX_LENGTH) return undefined
  return /^[!-~](?:[ -~]*[!-~])?$/.test(checksum) ? checksum : undefined
}
