import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { clientOf } from '../../src/http/client-of.ts'
import { Networks } from '../../src/lib/networks.ts'

const PROXIES = new Networks([
  { address: '127.0.0.1', bits: 32 },
  { address: '10.0.0.0', bits: 8 },
])

const client = (remoteAddress: string, headers: Record<string, string> = {}, url = '/') =>
  clientOf({ socket: { remoteAddress }, headers, url } as unknown as IncomingMessage, PROXIES)

const through = (...forwards: string[]): string =>
  client('127.0.0.1', { 'x-forwarded-for': forwards.join(', ') }).address

describe('the address of a client', () => {
  it('is its own, whatever it says', () => {
    const headers = { 'x-forwarded-for': '10.9.9.9', 'x-forwarded-proto': 'https', host: 'here' }
    const expected = { address: '192.0.2.1', isSecure: false, host: 'here', namedHost: 'here' }
    expect(client('192.0.2.1', { ...headers, 'x-forwarded-host': 'there' })).toEqual(expected)
    expect(client('::ffff:192.0.2.1').address).toBe('192.0.2.1')
  })

  it('is the last that is no trusted proxy, where a trusted proxy says so', () => {
    expect(through('192.0.2.1')).toBe('192.0.2.1')
    expect(through('6.6.6.6', '192.0.2.1', '10.0.0.7')).toBe('192.0.2.1')
    expect(through('10.0.0.9', '10.0.0.7')).toBe('10.0.0.9')
    expect(through('192.0.2.1:4711')).toBe('192.0.2.1')
    expect(through('[2001:db8::1]:4711')).toBe('2001:db8::1')
    expect(client('127.0.0.1').address).toBe('127.0.0.1')
  })

  it('is never what is no address', () => {
    for (const text of ['unknown', '_hidden', 'a'.repeat(100_000), '<script>', ','.repeat(1000)])
      expect(through(text)).toBe('127.0.0.1')
  })
})

it('a trusted proxy tells scheme and host', () => {
  const headers = { 'x-forwarded-proto': 'HTTPS', 'x-forwarded-host': 'symbols.example.com' }
  const expected = { isSecure: true, host: 'symbols.example.com', namedHost: 'inside' }
  expect(client('127.0.0.1', { ...headers, host: 'inside' })).toMatchObject(expected)
  expect(client('127.0.0.1', { host: 'inside' })).toMatchObject({ isSecure: false, host: 'inside' })
})

it.each([
  ['http://evil.com/api', 'evil.com'],
  ['HTTPS://evil.com:8443?x', 'evil.com:8443'],
  ['http://symbols.example.com@evil.com/', 'evil.com'],
  ['http:///', ''],
  ['/http://evil.com/', 'symbols.example.com'],
  ['*', 'symbols.example.com'],
])('of the target %s the host is %j', (url, host) => {
  const headers = { host: 'symbols.example.com' }
  expect(client('192.0.2.1', headers, url)).toMatchObject({ host, namedHost: host })
})
