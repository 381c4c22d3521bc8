import { describe, expect, it } from 'vitest'
import { parseRetryAfter } from '../../src/upstream/parse-retry-after.ts'

const NOW = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT')

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    ['999999999', 86_400_000],
    ['Wed, 21 Oct 2026 07:28:30 GMT', 30_000],
    ['Wed, 21 Oct 2026 07:00:00 GMT', 0],
    ['Wed, 21 Oct 2036 07:00:00 GMT', 86_400_000],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['soon GMT', undefined],
    [undefined, undefined],
    [['1', '2'], undefined],
  ])('%j is %j ms', (header, expected) => {
    expect(parseRetryAfter(header, NOW)).toBe(expected)
  })
})
