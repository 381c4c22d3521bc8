import { describe, expect, it } from 'vitest'
import type { Network } from '../../src/lib/network.ts'
import { Networks } from '../../src/lib/networks.ts'
import { parseNetwork } from '../../src/lib/parse-network.ts'

const networks = (...texts: string[]): Networks =>
  new Networks(texts.map(parseNetwork).filter((network): network is Network => !!network))

describe('a network', () => {
  it('is an address, or one with the number of bits that its addresses share', () => {
    expect(parseNetwork('10.0.0.0/8')).toEqual({ address: '10.0.0.0', bits: 8 })
    expect(parseNetwork('2001:db8::/32')).toEqual({ address: '2001:db8::', bits: 32 })
    expect(parseNetwork('192.0.2.7')).toEqual({ address: '192.0.2.7', bits: 32 })
    expect(parseNetwork('::1')).toEqual({ address: '::1', bits: 128 })
  })

  it.each([
    '',
    '10.0.0.0/33',
    '10.0.0/8',
    '::/129',
    'fe80::1%eth0',
    'localhost',
    '10.0.0.0/8/8',
    '1.2.3.4/-1',
  ])('%j is none', (text) => expect(parseNetwork(text)).toBeUndefined())

  it('holds its addresses in every spelling, and no others', () => {
    const some = networks('10.0.0.0/8', '2001:db8::/32')
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8:1::5', '2001:DB8::1%eth0'])
      expect([address, some.has(address)]).toEqual([address, true])
    for (const address of ['11.0.0.1', '::ffff:11.0.0.1', '2001:db9::1', '::10.1.2.3', '', 'x'])
      expect([address, some.has(address)]).toEqual([address, false])
    expect(networks('::/0').has('10.0.0.1')).toBe(false)
  })
})
