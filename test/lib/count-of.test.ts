import { expect, it } from 'vitest'
import { countOf } from '../../src/lib/count-of.ts'

it.each([
  [0, '0 files'],
  [1, '1 file'],
  [2, '2 files'],
])('%i is %s', (count, words) => {
  expect(countOf(count, 'file')).toBe(words)
})
