import { describe, expect, it } from 'vitest'
import { parseByteRange } from '../../src/lib/byte-range.ts'

describe('parseByteRange', () => {
  it.each([
    ['bytes=0-0', 10, { start: 0, end: 1 }],
    ['bytes=2-5', 10, { start: 2, end: 6 }],
    ['bytes=2-', 10, { start: 2, end: 10 }],
    ['bytes=9-9', 10, { start: 9, end: 10 }],
    ['bytes=2-999', 10, { start: 2, end: 10 }],
    ['bytes=0-9223372036854775807', 10, { start: 0, end: 10 }],
    ['bytes=-3', 10, { start: 7, end: 10 }],
    ['bytes=-999', 10, { start: 0, end: 10 }],
    ['BYTES=1-2', 10, { start: 1, end: 3 }],
    ['bytes= \t1-2 ', 10, { start: 1, end: 3 }],
    ['bytes=5000000000-5000000001', 6e9, { start: 5e9, end: 5e9 + 2 }],
  ])('%s of %d bytes is %o', (header, size, range) => {
    expect(parseByteRange(header, size)).toEqual(range)
  })

  it.each([
    ['bytes=10-', 10],
    ['bytes=10-20', 10],
    ['bytes=-0', 10],
    ['bytes=0-', 0],
    ['bytes=-5', 0],
  ])('%s of %d bytes means no byte of it', (header, size) => {
    expect(parseByteRange(header, size)).toBe('unsatisfiable')
  })

  it.each([
    'bytes=0-1,3-4',
    'bytes=0-1, 3-4',
    'bytes=5-2',
    'bytes=-',
    'bytes=',
    'bytes=a-b',
    'bytes=1-2x',
    'bytes=+1-2',
    'bytes=-1-2',
    'bytes=0x1-2',
    'bytes=1.5-2',
    'bytes=00000000000000000001-2',
    'items=0-1',
    'bytes 0-1',
    '',
  ])('%j is ignored', (header) => {
    expect(parseByteRange(header, 10)).toBeUndefined()
  })
})
