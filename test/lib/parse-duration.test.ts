import { expect, test } from 'vitest'
import { parseDuration } from '../../src/lib/parse-duration.ts'

test.each([
  ['0', 0],
  ['0s', 0],
  ['500ms', 500],
  ['30s', 30_000],
  ['5m', 300_000],
  ['12h', 43_200_000],
  ['90d', 7_776_000_000],
  ['2w', 1_209_600_000],
])('%s is %d milliseconds', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds)
})

test.each([
  '',
  '5',
  's',
  '-5s',
  '1.5h',
  '5 s',
  '5S',
  '5M',
  '1h30m',
  '5s ',
  '5sec',
  '1e3s',
  '0x5s',
  '٣s',
  '9007199254740992ms',
  '9007199254740991s',
  '99999999999999999999s',
])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})
