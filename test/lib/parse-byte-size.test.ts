import { expect, test } from 'vitest'
import { parseByteSize } from '../../src/lib/parse-byte-size.ts'

test.each([
  ['0', 0],
  ['4096', 4096],
  ['100B', 100],
  ['512KiB', 524_288],
  ['64MiB', 67_108_864],
  ['10GiB', 10_737_418_240],
  ['2TiB', 2_199_023_255_552],
  ['500kB', 500_000],
  ['64MB', 64_000_000],
  ['10GB', 10_000_000_000],
  ['1TB', 1_000_000_000_000],
])('%s is %d bytes', (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes)
})

test.each([
  '',
  'GiB',
  '-1',
  '1.5GiB',
  '10 GiB',
  '10G',
  '10gib',
  '10Gib',
  '64KB',
  '1PiB',
  '1e3',
  '0x10',
  '9007199254740992',
  '9999999999TiB',
  '99999999999999999999',
])('%j is no size', (text) => {
  expect(parseByteSize(text)).toBeUndefined()
})
