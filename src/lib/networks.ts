import { BlockList, isIP } from 'node:net'
import type { Network } from './network.ts'
import { plainAddress } from './plain-address.ts'

/** A set of IP networks. */
export class Networks {
  // Apart, for a BlockList takes an IPv4 address for the mapped IPv6 one, too.
  readonly #ipv4 = new BlockList()
  readonly #ipv6 = new BlockList()
  readonly isEmpty: boolean

  constructor(networks: readonly Network[]) {
    this.isEmpty = networks.length === 0
    for (const { address, bits } of networks) {
      if (isIP(address) === 4) this.#ipv4.addSubnet(address, bits, 'ipv4')
      else this.#ipv6.addSubnet(address, bits, 'ipv6')
    }
  }

  /** Whether the address lies in one of them; an IPv4 address counts in any spelling, what is no address never does. */
  has(address: string): boolean {
    const plain = plainAddress(address)
    switch (isIP(plain)) {
      case 4:
        return this.#ipv4.check(plain, 'ipv4')
      case 6:
        return this.#ipv6.check(plain, 'ipv6')
      default:
        return false
    }
  }
}
