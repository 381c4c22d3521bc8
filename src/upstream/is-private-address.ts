import { BlockList, isIP } from 'node:net'

/** Addresses that are not of the public Internet (IANA special-purpose registries, RFC 6890). */
const RESERVED_IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local, and the metadata services of clouds
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

/** All but global unicast, and of that what leads to IPv4 addresses or is reserved. */
const RESERVED_IPV6: readonly (readonly [string, number])[] = [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 23], // Teredo, benchmarking, ORCHID
  ['2001:db8::', 32],
  ['2002::', 16], // 6to4
  ['3fff::', 20],
]

// Apart, for a BlockList takes an IPv4 address for the mapped IPv6 one, too.
const ipv4 = new BlockList()
const ipv6 = new BlockList()
for (const [network, bits] of RESERVED_IPV4) ipv4.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of RESERVED_IPV6) ipv6.addSubnet(network, bits, 'ipv6')

/** Whether an IP address leads elsewhere than to the public Internet; true for what is no address. */
export function isPrivateAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return ipv4.check(address, 'ipv4')
    case 6: {
      const embedded = embeddedIpv4(address)
      return embedded === undefined ? ipv6.check(address, 'ipv6') : isPrivateAddress(embedded)
    }
    default:
      return true
  }
}

/** The IPv4 address behind a mapped (`::ffff:a.b.c.d`) or NAT64 one, in any spelling. */
function embeddedIpv4(address: string): string | undefined {
  // URL writes an IPv6 address in one way only: ::ffff:7f00:1 (WHATWG URL, IPv6 serializer).
  const text = URL.parse(`http://[${address.replace(/%.*$/, '')}]`)?.hostname.slice(1, -1) ?? ''
  const [, high, low] = /^(?:::ffff:|64:ff9b::)([\da-f]{1,4}):([\da-f]{1,4})$/.exec(text) ?? []
  if (high === undefined || low === undefined) return undefined
  const bits = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return bits.flatMap((word) => [word >> 8, word & 0xff]).join('.')
}
