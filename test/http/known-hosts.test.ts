import { expect, it } from 'vitest'
import { KnownHosts } from '../../src/http/known-hosts.ts'

it('knows its names in any case, with and without port', () => {
  const hosts = new KnownHosts(['symbols.example.com', '[::1]', '127.0.0.1'])
  for (const host of ['symbols.example.com', 'SYMBOLS.example.com:8080', '[::1]:80', '127.0.0.1:'])
    expect([host, hosts.have({ host, namedHost: host })]).toEqual([host, true])
  for (const host of [
    'evil.example.com',
    'symbols.example.com.evil.com',
    '',
    undefined,
    '[::2]',
    'a:b:c',
  ])
    expect([host, hosts.have({ host, namedHost: host })]).toEqual([host, false])
})

it('knows every name where none is set', () => {
  for (const host of ['anything', undefined])
    expect(new KnownHosts([]).have({ host, namedHost: 'other' })).toBe(true)
})

it('of a request that a proxy has passed on, judges the host of the request itself too', () => {
  const hosts = new KnownHosts(['symbols.example.com'])
  const behind = (namedHost: string | undefined) =>
    hosts.have({ host: 'symbols.example.com', namedHost })
  for (const host of [
    'symbols.example.com:80',
    '127.0.0.1:8080',
    '[::1]',
    'symgate:8080',
    undefined,
  ])
    expect([host, behind(host)]).toEqual([host, true])
  for (const host of ['evil.com', 'evil.com:80', '127.0.0.1.evil.com', 'evil.'])
    expect([host, behind(host)]).toEqual([host, false])
  expect(hosts.have({ host: 'evil.com', namedHost: 'symbols.example.com' })).toBe(false)
})
