import { describe, expect, it } from 'vitest'
import { acceptsGzip } from '../../../src/http/download/accepts-gzip.ts'

describe('a client takes gzip', () => {
  it.each([
    'gzip',
    'GZIP',
    'x-gzip',
    'gzip, deflate, br',
    'br;q=1.0, gzip;q=0.8, *;q=0.1',
    '*',
    'deflate, *;q=0.5',
    'gzip;q=0.001',
    ' gzip ; q=0.5 ',
    'identity;q=0.5, gzip;q=0.5',
    'identity;q=0, gzip;q=0.1',
    'gzip;foo=bar',
  ])('with %j', (header) => {
    expect(acceptsGzip(header)).toBe(true)
  })
})

describe('a client does not take gzip', () => {
  it.each([
    undefined,
    '',
    'identity',
    'br, deflate',
    'gzip;q=0',
    'gzip;q=0.000',
    '*;q=0',
    'gzip;q=0, *',
    'identity, gzip;q=0.5',
    'gzip;q=high',
    'gzip;q=2',
    'gzipped',
  ])('with %j', (header) => {
    expect(acceptsGzip(header)).toBe(false)
  })
})
