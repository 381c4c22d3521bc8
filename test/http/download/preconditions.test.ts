import { describe, expect, it } from 'vitest'
import { isNotModified, isRangeCurrent } from '../../../src/http/download/preconditions.ts'

const TIME = Date.UTC(2024, 0, 2, 3, 4, 5)
const SAME = 'Tue, 02 Jan 2024 03:04:05 GMT'
const BEFORE = 'Tue, 02 Jan 2024 03:04:04 GMT'
const AFTER = 'Tue, 02 Jan 2024 03:04:06 GMT'
// A file's time has fractions of a second, which no HTTP date can hold.
const current = { etag: 'abc', modifiedAtMs: TIME + 678 }

describe('If-None-Match', () => {
  it.each([
    ['"abc"', true],
    ['W/"abc"', true],
    ['"x", "abc"', true],
    ['"x" ,W/"abc"', true],
    ['*', true],
    ['"x"', false],
    ['"ABC"', false],
    ['abc', false],
    ['', false],
  ])('%s', (header, expected) => {
    expect(isNotModified({ 'if-none-match': header }, current)).toBe(expected)
  })

  it('hides If-Modified-Since', () => {
    const headers = { 'if-none-match': '"x"', 'if-modified-since': AFTER }
    expect(isNotModified(headers, current)).toBe(false)
  })
})

describe('If-Modified-Since', () => {
  it.each([
    [SAME, true],
    [AFTER, true],
    [BEFORE, false],
    ['Tuesday, 02-Jan-24 03:04:05 GMT', true],
    ['yesterday', false],
    ['', false],
  ])('%s', (header, expected) => {
    expect(isNotModified({ 'if-modified-since': header }, current)).toBe(expected)
  })
})

describe('If-Range', () => {
  it.each([
    ['"abc"', true],
    [' "abc" ', true],
    ['W/"abc"', false],
    ['"x"', false],
    ['"x", "abc"', false],
    [SAME, true],
    [AFTER, false],
    [BEFORE, false],
    ['yesterday', false],
    ['', false],
  ])('%s', (header, expected) => {
    expect(isRangeCurrent({ 'if-range': header }, current)).toBe(expected)
  })

  it('lets every range be where there is none', () => {
    expect(isRangeCurrent({}, current)).toBe(true)
  })
})

it('without conditions nothing is unmodified', () => {
  expect(isNotModified({}, current)).toBe(false)
})
