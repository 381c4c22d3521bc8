import { lookup, type LookupAllOptions } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isPrivateAddress } from './is-private-address.ts'

/**
 * Name resolution for connections of one upstream: names other than `trusted` resolve to public addresses
 * alone, however often they are asked for (RFC 1918 addresses behind a public name, DNS rebinding).
 */
export function guardedLookup(trusted: string): LookupFunction {
  return (hostname, options, callback) => {
    const all: LookupAllOptions = { ...options, all: true }
    lookup(hostname, all, (error, found) => {
      if (error !== null) return callback(error, [])
      const addresses =
        hostname === trusted ? found : found.filter(({ address }) => !isPrivateAddress(address))
      const [first] = addresses
      if (first === undefined) return callback(privateAddressError(hostname), [])
      if (options.all === true) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
  }
}

function privateAddressError(hostname: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${hostname} has a private address`)
  error.code = 'EPRIVATEADDRESS'
  return error
}
