import { expect, it } from 'vitest'
import { KnownHosts } from '../../src/http/known-hosts.ts'

it('knows its names in any case, with and without port', () => {
  const hosts = new KnownHosts(['symbols.example.com', '[::1]', '127.0.0.1'])
  for (const host of ['symbols.example.com', 'SYMBOLS.example.com:8080', '[::1]:80', '127.0.0.1:'])
    expect([host, hosts.has(host)]).toEqual([host, true])
  for (const host of [
    'evil.example.com',
    'symbols.example.com.evil.com',
    '',
    undefined,
    '[::2]',
    'a:b:c',
  ])
    expect([host, hosts.has(host)]).toEqual([host, false])
})

it('knows every name where none is set', () => {
  expect(new KnownHosts([]).has('anything')).toBe(true)
  expect(new KnownHosts([]).has(undefined)).toBe(true)
})
